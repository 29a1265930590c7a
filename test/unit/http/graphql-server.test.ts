import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';

import Fastify from 'fastify';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import pino from 'pino';
import { expect, it } from 'vitest';

import type { RequestContext } from '../../../src/context.js';
import { identifyCallers } from '../../../src/http/callers.js';
import { createClientAddressFinder } from '../../../src/http/client-address.js';
import { addGraphqlEndpoint } from '../../../src/http/graphql-server.js';
import type { Services } from '../../../src/services/index.js';

it('knows the address of a caller who has hung up by the time that anybody asks', async () => {
  const server = Fastify();
  const connected = once(server.server, 'connection') as Promise<[Socket]>;
  let told: (address: string | null) => void;
  const address = new Promise<string | null>((resolve) => (told = resolve));
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType<unknown, RequestContext>({
      name: 'Query',
      fields: {
        note: { type: GraphQLString, resolve: (_root, _args, { client }) => told(client.ipAddress) },
      },
    }),
  });
  const authenticate = async () => {
    const [socket] = await connected;
    const gone = once(socket, 'close');
    caller.destroy();
    await gone;
    return { kind: 'anonymous' as const };
  };
  const services = { authentication: { authenticate }, logger: pino({ level: 'silent' }) };
  identifyCallers(server, []);
  await addGraphqlEndpoint(server, {
    schema,
    services: services as unknown as Services,
    clientAddress: createClientAddressFinder([]),
    production: false,
    federation: 'anyone',
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const caller = connect((server.server.address() as AddressInfo).port, '127.0.0.1');

  const body = JSON.stringify({ query: '{ note }' });
  caller.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

  expect(await address).toBe('127.0.0.1');
  await server.close();
});
