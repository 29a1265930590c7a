// The catalogue, without any guard, on a port of its own: behind the service's own server or one of the others.
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import fastify from 'fastify';
import { createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';

import { createBenchApp } from '../bench-app.js';
import { announce } from './announce.js';
import { catalogueSchema } from './catalogue.js';
import { listenAsEdge } from './edge.js';
import { listen } from './listen.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

const variants: Record<string, () => Promise<string>> = {
  portcullis: async () => listenAsEdge(catalogueSchema(), (await createBenchApp({ people: 0 })).app.services),
  apollo: async () => {
    const apollo = new ApolloServer({ schema: catalogueSchema() });
    await apollo.start();
    const server = fastify();
    await server.register(fastifyApollo(apollo));
    return server.listen(LOOPBACK);
  },
  yoga: () => listen(createYoga({ schema: catalogueSchema(), logging: 'warn' })),
  mercurius: async () => {
    const server = fastify();
    await server.register(mercurius, { schema: catalogueSchema(), jit: 1 });
    return server.listen(LOOPBACK);
  },
};

const start = variants[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`Say which: ${Object.keys(variants).join(', ')}.`);
announce({ url: `${await start()}/graphql` });
