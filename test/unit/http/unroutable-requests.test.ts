import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';

import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answerErrorsInEnvelope } from '../../../src/http/http-errors.js';
import { refuseUnreadable, routeUnroutable } from '../../../src/http/unroutable-requests.js';
import { createLogger } from '../../../src/services/create-logger.js';

let server: FastifyInstance;
/** Answers the requests to /held. */
let release: () => void;

beforeEach(async () => {
  server = fastify({
    requestTimeout: 50,
    http: { headersTimeout: 50, connectionsCheckingInterval: 20 },
    clientErrorHandler: (error, socket) => refuseUnreadable(server, error, socket),
  });
  routeUnroutable(server);
  answerErrorsInEnvelope(server, createLogger('silent'));
  const released = new Promise<void>((resolve) => (release = resolve));
  server.post('/', async () => 'read');
  server.get('/held', async () => {
    await released;
    return 'held';
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => {
  release();
  return server.close();
});

/** A connection, and the server's end of it. */
async function open() {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8');
  let heard = '';
  socket.on('data', (text: string) => (heard += text));
  const ended = new Promise((resolve) => socket.once('end', resolve)).then(() =>
    heard.match(/HTTP\/1.1 \d+|There[^"]+|The [^"]+/g),
  );
  const [accepted] = (await once(server.server, 'connection')) as [Socket];
  return { socket, accepted, ended };
}

describe('what does not arrive in time', () => {
  const REFUSAL = ['HTTP/1.1 408', 'The request took too long to arrive.'];

  it.each([
    ['headers', 'POST / HTTP/1.1\r\nHos'],
    ['a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nhalf'],
  ])('is refused: %s', async (_what, text) => {
    const { socket, ended } = await open();
    socket.write(text);
    expect(await ended).toEqual(REFUSAL);
    socket.end();
  });
});

describe('a connection of which nothing can be read', () => {
  it('waits for the last of the answers', async () => {
    const { socket, ended } = await open();
    const arrived = new Promise((resolve) => server.server.once('clientError', resolve));
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2) + 'NO HTTP\r\n\r\n');
    await arrived;
    release();
    expect(await ended).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
      'The request is malformed.',
    ]);
    socket.end();
  });

  it('is destroyed when the caller does not leave', async () => {
    const { socket, accepted, ended } = await open();
    socket.write('NO HTTP\r\n\r\n');
    const closed = once(accepted, 'close');
    expect(await ended).toEqual(['HTTP/1.1 400', 'The request is malformed.']);
    await closed;
    socket.destroy();
  });

  it('is left alone when its caller has gone', async () => {
    const { socket, accepted } = await open();
    const gone = new Promise((resolve) => accepted.once('close', resolve));
    const arrived = new Promise((resolve) => server.server.once('clientError', resolve));
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\nNO HTTP\r\n\r\n');
    await arrived;
    socket.resetAndDestroy();
    await gone;
    expect(accepted.bytesWritten).toBe(0);
  });
});
