import { once } from 'node:events';
import { connect } from 'node:net';

import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { startEmbeddedServer } from '../../../src/embedded/server.js';
import { openEmbeddedCognito, type EmbeddedCognito } from '../../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
beforeAll(async () => {
  cognito = await openEmbeddedCognito();
});
afterAll(() => cognito.close());

const start = (options: Partial<Parameters<typeof startEmbeddedServer>[0]>) =>
  startEmbeddedServer({
    cognito: { port: 0, engine: cognito.engine },
    verifiedPermissions: { port: 0, service: cognito.engine.service },
    logger: pino({ level: 'silent' }),
    ...options,
  });

it('ends although a client never finishes its request', async () => {
  const server = await start({ patience: 20 });
  const socket = connect(Number(new URL(server.cognitoUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n');
  // By its answer the server says that it has begun with the request.
  await once(socket, 'data');
  const cutOff = once(socket, 'close');
  await server.close();
  await cutOff;
});

it('tells those whom it does not admit why', async () => {
  const server = await start({ admits: ({ url }) => url !== '/' });
  for (const url of [server.cognitoUrl, server.verifiedPermissionsUrl]) {
    const refused = await fetch(url, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('Only this machine is answered') as string,
    });
    expect((await fetch(`${url}/else`)).status).toBe(404);
  }
  await server.close();
});
