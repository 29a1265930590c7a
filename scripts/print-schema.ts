// Prints the subgraph's SDL to schema.graphql. With --check it says whether the committed one is current; with
// --without-resource it writes to the standard output what is published where no subgraph has the interface Resource.
import { readFileSync, writeFileSync } from 'node:fs';

import { buildUnguardedSchema } from '../src/schema/build-schema.js';
import { subgraphPartsFor } from '../src/resolvers/index.js';

const file = new URL('../schema.graphql', import.meta.url);
const resourceInterface = !process.argv.includes('--without-resource');
const { sdl } = buildUnguardedSchema(subgraphPartsFor({ resourceInterface }));
if (!resourceInterface) {
  process.stdout.write(sdl);
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, sdl);
} else if (readFileSync(file, 'utf8') !== sdl) {
  console.error('schema.graphql is not what the code prints: run `npm run schema:print` and commit it.');
  process.exit(1);
}
