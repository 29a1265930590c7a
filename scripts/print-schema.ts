// Prints the subgraph's SDL to schema.graphql, or with --check says whether the committed one is current.
import { readFileSync, writeFileSync } from 'node:fs';

import { buildUnguardedSchema } from '../src/schema/build-schema.js';
import { subgraphParts } from '../src/resolvers/index.js';

const file = new URL('../schema.graphql', import.meta.url);
const { sdl } = buildUnguardedSchema(subgraphParts);
if (!process.argv.includes('--check')) {
  writeFileSync(file, sdl);
} else if (readFileSync(file, 'utf8') !== sdl) {
  console.error('schema.graphql is not what the code prints: run `npm run schema:print` and commit it.');
  process.exit(1);
}
