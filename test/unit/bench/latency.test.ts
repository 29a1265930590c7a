import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { latencies } from '../../../bench/latency.js';

let server: Server | undefined;

afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

it('sends so many requests over one connection, and does not count the first', async () => {
  const sockets = new Set<Socket>();
  const seen: (string | undefined)[] = [];
  const url = await listen((request, response) => {
    sockets.add(request.socket);
    seen.push(request.headers.authorization);
    request.resume().on('end', () => response.end('yes'));
  });
  const repeated = { url, token: 'token', request: { query: '{ a }' }, expected: 'yes' };
  const taken = await latencies(repeated, { milliseconds: 0, requests: 4 });
  expect(taken).toHaveLength(4);
  expect(taken.every((time) => time > 0)).toBe(true);
  expect(seen).toEqual(Array.from({ length: 5 }, () => 'Bearer token'));
  expect(sockets.size).toBe(1);
});

it('ends with whatever else is answered', async () => {
  const url = await listen((request, response) => void request.resume().on('end', () => response.end('no')));
  const repeated = { url, token: 'token', request: { query: '{ a }' }, expected: 'yes' };
  await expect(latencies(repeated, { milliseconds: 0, requests: 1 })).rejects.toThrow('something else: no');
});
