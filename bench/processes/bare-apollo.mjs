// The least that answers GraphQL on the same stack: how long it takes to start, and what it holds.
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import fastify from 'fastify';

const apollo = new ApolloServer({ typeDefs: 'type Query { greeting: String! }' });
await apollo.start();
const server = fastify();
await server.register(fastifyApollo(apollo));
console.log(`ready on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
