// Writes docs/schema.md from schema.graphql, or with --check says whether the committed one is current.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { schemaReference } from './schema-reference.js';

const file = fileURLToPath(new URL('../docs/schema.md', import.meta.url));
const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const page = await format(schemaReference(sdl), { ...(await resolveConfig(file)), parser: 'markdown' });
if (!process.argv.includes('--check')) {
  writeFileSync(file, page);
} else if (readFileSync(file, 'utf8') !== page) {
  console.error('docs/schema.md is not what schema.graphql says: run `npm run docs:schema` and commit it.');
  process.exitCode = 1;
}
