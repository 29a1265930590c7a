/** Says whether the generated operations are current, and writes nothing: `npm run codegen:check`. */
import { existsSync, readFileSync } from 'node:fs';

import { generate } from '@graphql-codegen/cli';

import config from '../codegen.js';

interface GeneratedFile {
  readonly filename: string;
  readonly content: string;
}

try {
  const files = (await generate({ ...config, silent: true }, false)) as GeneratedFile[];
  const stale = files
    .filter(({ filename, content }) => !existsSync(filename) || readFileSync(filename, 'utf8') !== content)
    .map(({ filename }) => filename);
  if (stale.length > 0) {
    throw new Error(`${stale.join(', ')}: not what codegen.ts makes; run \`npm run codegen\` and commit it.`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
