import { connect, type AddressInfo } from 'node:net';

import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { identifyCallers } from '../../../src/http/callers.js';
import { logRequests } from '../../../src/http/request-log.js';
import { createLogger } from '../../../src/services/create-logger.js';

const SECRET = 'thirty-two-characters-or-even-more';

let lines: Record<string, unknown>[];
let server: FastifyInstance;
/** Resolves when somebody waits for /slow. */
let waiting: Promise<void>;

beforeEach(async () => {
  lines = [];
  const logger = createLogger('debug', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  server = fastify({ genReqId: () => 'request-1' });
  identifyCallers(server, [SECRET]);
  logRequests(server, logger);
  server.post('/things/:id', async (_request, reply) => reply.code(201).send('made'));
  server.get('/probe', { config: { isProbe: true } }, async () => 'up');
  waiting = new Promise((resolve) => {
    server.get('/slow', () => {
      resolve();
      return new Promise(() => {});
    });
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

const port = () => (server.server.address() as AddressInfo).port;
const url = (path: string) => `http://127.0.0.1:${port()}${path}`;

it('has a line for each request, of its route and not of what the caller wrote', async () => {
  await fetch(url('/things/4711?token=hush'), {
    method: 'POST',
    headers: { 'x-gateway-secret': SECRET, authorization: 'Bearer hush', 'user-agent': 'hush' },
    body: 'hush',
  });
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.any(Number) as number,
      requestId: 'request-1',
      method: 'POST',
      path: '/things/:id',
      status: 201,
      ms: expect.any(Number) as number,
      caller: 'gateway',
      msg: 'A request was answered.',
    },
  ]);
});

it('knows no route of what leads nowhere', async () => {
  await fetch(url('/hush'));
  await expect.poll(() => lines).toMatchObject([{ path: null, status: 404, caller: 'direct' }]);
});

it.each(['GET', 'HEAD'])('leaves probes to those who look for faults: %s', async (method) => {
  await fetch(url('/probe'), { method });
  await expect.poll(() => lines).toMatchObject([{ level: 20, method, path: '/probe' }]);
});

it('knows no status of what was not answered any more', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await waiting;
  socket.destroy();
  await expect
    .poll(() => lines)
    .toMatchObject([{ path: '/slow', status: null, msg: 'A caller left before the answer.' }]);
});
