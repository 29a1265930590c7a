import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const ENVIRONMENT = 'Only src/config.ts reads the environment.';
const TIME = 'Time comes from a Clock, injected.';
const RANDOMNESS = 'Randomness comes from node:crypto, injected as Randomness.';

const environmentProperty = { object: 'process', property: 'env', message: ENVIRONMENT };
const otherProperties = [
  { object: 'Math', property: 'random', message: RANDOMNESS },
  { object: 'Date', property: 'now', message: TIME },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'dist.tmp/**',
      'node_modules/**',
      'coverage/**',
      'src/services/database/migrations/**',
      '**/operations/generated.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['examples/web/src/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat['recommended-latest']] },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', environmentProperty, ...otherProperties],
      'no-restricted-imports': ['error', { name: 'node:process', message: ENVIRONMENT }],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: TIME },
      ],
    },
  },
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': ['error', ...otherProperties] } },
  { files: ['src/services/clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['test/**/*.ts', 'scripts/**', 'bench/**/*.ts', 'fuzz/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        performance: 'readonly',
        process: 'readonly',
        setInterval: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
