// Prints the subgraph's SDL to schema.graphql, or with --check says whether the committed one is current. To the standard output
// goes what is published elsewhere than there: with --without-resource where no subgraph has the interface Resource, and with
// --without-router-directives for routers that could do nothing with them.
import { readFileSync, writeFileSync } from 'node:fs';

import { buildUnguardedSchema } from '../src/schema/build-schema.js';
import { subgraphPartsFor } from '../src/resolvers/index.js';

const file = new URL('../schema.graphql', import.meta.url);
const resourceInterface = !process.argv.includes('--without-resource');
const routerDirectives = !process.argv.includes('--without-router-directives');
const { sdl } = buildUnguardedSchema(subgraphPartsFor({ resourceInterface }), { routerDirectives });
if (!resourceInterface || !routerDirectives) {
  process.stdout.write(sdl);
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, sdl);
} else if (readFileSync(file, 'utf8') !== sdl) {
  console.error('schema.graphql is not what the code prints: run `npm run schema:print` and commit it.');
  process.exit(1);
}
