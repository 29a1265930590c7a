import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: NonNullable<ICruiseOptions['ruleSet']>['forbidden'];
  options: ICruiseOptions;
};

/** Every broken rule below `src` of a folder, as `rule: from → to`. */
async function violationsIn(baseDir: string): Promise<string[]> {
  const { output } = await cruise(
    ['src'],
    { ...options, baseDir, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    {},
    { tsConfig: extractTsConfig(join(root, 'tsconfig.json')) },
  );
  return (output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
}

test('imports run the way the architecture says, without cycles', async () => {
  expect(await violationsIn(root)).toEqual([]);
});

describe('the rules catch', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-architecture-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Each breaks the one rule that it is named for. */
  const faults: Record<string, Record<string, string>> = {
    'no-cycles': {
      'src/services/one.ts': "import type { Two } from './two.js';\nexport type One = Two;\n",
      'src/services/two.ts': "import type { One } from './one.js';\nexport type Two = One | null;\n",
    },
    'no-unresolved': { 'src/services/one.ts': "export * from './missing.js';\n" },
    'only-src-in-src': {
      'src/app.ts': "export * from '../test/one.js';\n",
      'test/one.ts': 'export const one = 1;\n',
    },
    'errors-know-nothing': {
      'src/errors.ts': "export * from './loopback.js';\n",
      'src/loopback.ts': 'export const one = 1;\n',
    },
    'services-look-down': {
      'src/services/one.ts': "export type { Context } from '../context.js';\n",
      'src/context.ts': 'export interface Context {}\n',
    },
    'services-without-graphql': {
      'src/services/one.ts': "export { GraphQLError } from 'graphql';\n",
      'node_modules/graphql/package.json': '{"name":"graphql","version":"1.0.0","main":"index.js"}',
      'node_modules/graphql/index.js': 'exports.GraphQLError = Error;\n',
      'package.json': '{"dependencies":{"graphql":"1.0.0"}}',
    },
    'no-development-packages': {
      'src/one.ts': "export { tool } from 'tool';\n",
      'node_modules/tool/package.json': '{"name":"tool","version":"1.0.0","main":"index.js"}',
      'node_modules/tool/index.js': 'exports.tool = 1;\n',
      'package.json': '{"devDependencies":{"tool":"1.0.0"}}',
    },
    'embedded-stands-alone': {
      'src/embedded/one.ts': "export * from '../services/users/one.js';\n",
      'src/services/users/one.ts': 'export const one = 1;\n',
    },
    'embedded-gets-its-foundations': {
      'src/embedded/one.ts': "export { systemClock } from '../services/clock.js';\n",
      'src/services/clock.ts': 'export const systemClock = 1;\n',
    },
    'embedded-is-an-entrance': {
      'src/http/one.ts': "export type { Two } from '../embedded/two.js';\n",
      'src/embedded/two.ts': 'export interface Two {}\n',
    },
    'http-is-an-entrance': {
      'src/loopback.ts': "export * from './http/two.js';\n",
      'src/http/two.ts': 'export const two = 2;\n',
    },
    'http-below-app': {
      'src/http/one.ts': "export * from '../resolvers/two.js';\n",
      'src/resolvers/two.ts': 'export const two = 2;\n',
    },
    'graphql-below-app': {
      'src/resolvers/one.ts': "export * from '../tools/two.js';\n",
      'src/tools/two.ts': 'export const two = 2;\n',
    },
    'schema-below-resolvers': {
      'src/schema/one.ts': "export * from '../resolvers/two.js';\n",
      'src/resolvers/two.ts': 'export const two = 2;\n',
    },
    'directives-below-resolvers': {
      'src/directives/one.ts': "export * from '../resolvers/two.js';\n",
      'src/resolvers/two.ts': 'export const two = 2;\n',
    },
    'authorize-is-light': {
      'src/authorize/one.ts': "export * from '../services/two.js';\n",
      'src/services/two.ts': "export { redis } from 'ioredis';\n",
      'node_modules/ioredis/package.json': '{"name":"ioredis","version":"1.0.0","main":"index.js"}',
      'node_modules/ioredis/index.js': 'exports.redis = 1;\n',
      'package.json': '{"dependencies":{"ioredis":"1.0.0"}}',
    },
    'authorize-is-an-entrance': {
      'src/directives/one.ts': "export * from '../authorize/two.js';\n",
      'src/authorize/two.ts': 'export const two = 2;\n',
    },
    'config-knows-no-parts': {
      'src/config/one.ts': "export * from '../schema/two.js';\n",
      'src/schema/two.ts': 'export const two = 2;\n',
    },
    'config-is-read-at-the-top': {
      'src/loopback.ts': "export * from './config.js';\n",
      'src/config.ts': 'export const config = 1;\n',
    },
    'app-is-made-at-the-top': {
      'src/loopback.ts': "export * from './app.js';\n",
      'src/app.ts': 'export const app = 1;\n',
    },
  };

  test('each rule has a fault that proves it', () => {
    expect(Object.keys(faults).sort()).toEqual(forbidden?.map((rule) => rule.name).sort());
  });

  test.each(Object.entries(faults))('%s', async (rule, files) => {
    const project = join(folder, rule);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(project, name)), { recursive: true });
      await writeFile(join(project, name), content);
    }
    const broken = (await violationsIn(project)).map((violation) => violation.split(':')[0]);
    expect(new Set(broken)).toEqual(new Set([rule]));
  });
});

/** Whether a source says `process.env`, comments aside. */
function readsEnvironment(node: ts.Node): boolean {
  const isProcess = (candidate: ts.Node) => ts.isIdentifier(candidate) && candidate.text === 'process';
  if (ts.isPropertyAccessExpression(node) && isProcess(node.expression)) return node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isVariableDeclaration(node) && node.initializer && isProcess(node.initializer)) return true;
  return ts.forEachChild(node, (child) => readsEnvironment(child) || undefined) ?? false;
}

const parse = (text: string) => ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022);

test('only src/config.ts reads the environment', async () => {
  const readers: string[] = [];
  for (const file of ts.sys.readDirectory(join(root, 'src'), ['.ts'])) {
    if (readsEnvironment(parse(await readFile(file, 'utf8')))) readers.push(relative(root, file));
  }
  expect(readers).toEqual([join('src', 'config.ts')]);
});

test.each(['f(process.env.HOME);', "const home = process['env'];", 'const { env } = process;'])(
  'a source that says %s reads the environment',
  (text) => {
    expect(readsEnvironment(parse(text))).toBe(true);
  },
);

test('a source that only mentions it does not', () => {
  expect(readsEnvironment(parse('// process.env\nconst at = process.pid;'))).toBe(false);
});
