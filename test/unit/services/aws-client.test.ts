import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { awsClient } from '../../../src/services/aws-client.js';
import { createCognitoCalls } from '../../../src/services/cognito/cognito-calls.js';

/** Takes connections and says nothing, or the beginning of an answer and no more. */
let server: Server;
let connections: Socket[];
let greeting: string;
beforeEach(async () => {
  connections = [];
  greeting = '';
  server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(greeting));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const socket of connections) socket.destroy();
  server.close();
});

it.each(['', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'])(
  'gives up on a server that answers %j and no more',
  async (beginning) => {
    greeting = beginning;
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new CognitoIdentityProviderClient({
      ...awsClient('eu-west-1', endpoint, {
        connectionTimeout: 1_000,
        requestTimeout: 50,
        socketTimeout: 50,
      }),
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const cognito = createCognitoCalls(client, pino({ level: 'silent' }));
    await expect(
      cognito('administration', (sdk) => sdk.send(new ListUserPoolsCommand({ MaxResults: 1 }))),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
    client.destroy();
  },
);
