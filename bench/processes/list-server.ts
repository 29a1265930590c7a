// The list of people, on a port of its own: guarded, unguarded, or guarded by graphql-shield on GraphQL Yoga.
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import { createBenchApp, type BenchApp } from '../bench-app.js';
import { announce } from './announce.js';
import { listenAsEdge } from './edge.js';
import { listen } from './listen.js';
import { createShieldedYoga } from './shielded-yoga.js';

const variants: Record<string, (app: BenchApp) => Promise<string>> = {
  guarded: ({ app }) => app.server.listen({ host: '127.0.0.1', port: 0 }),
  unguarded: ({ app }) => listenAsEdge(buildUnguardedSchema(subgraphParts).schema, app.services),
  shield: (app) => listen(createShieldedYoga(app)),
};

const start = variants[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`Say which: ${Object.keys(variants).join(', ')}.`);
const app = await createBenchApp({ people: 60 });
announce({ url: `${await start(app)}/graphql`, token: app.adminToken });
