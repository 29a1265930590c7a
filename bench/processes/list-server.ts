// The list of people, on a port of its own: guarded, unguarded, or guarded by graphql-shield or CASL.
import type { RequestContext } from '../../src/context.js';
import { createBenchApp, type BenchApp } from '../bench-app.js';
import { announce } from './announce.js';
import { caslSchema } from './casl-schema.js';
import { listenAsEdge } from './edge.js';
import { unguardedSchema } from './guarded-schema.js';
import { listen } from './listen.js';
import { shieldedSchema } from './shielded-schema.js';
import { createShieldedYoga } from './shielded-yoga.js';

const variants: Record<string, (app: BenchApp) => Promise<string>> = {
  guarded: ({ app }) => app.server.listen({ host: '127.0.0.1', port: 0 }),
  unguarded: ({ app, config }) => listenAsEdge(unguardedSchema(config), app.services),
  'shield-yoga': (app) => listen(createShieldedYoga(app)),
  'shield-edge': ({ app, embedded }) =>
    listenAsEdge(
      shieldedSchema(embedded, (context: RequestContext, path) => context.viewer(path)),
      app.services,
    ),
  'casl-edge': ({ app }) => listenAsEdge(caslSchema(), app.services),
};

const start = variants[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`Say which: ${Object.keys(variants).join(', ')}.`);
const app = await createBenchApp({ people: 60 });
announce({ url: `${await start(app)}/graphql`, token: app.adminToken });
