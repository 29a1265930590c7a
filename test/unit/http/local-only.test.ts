import fastify from 'fastify';
import { describe, expect, it } from 'vitest';

import { localOnly } from '../../../src/http/local-only.js';

const server = fastify();
server.get('/secret', { onRequest: localOnly }, async () => 'open');

async function statusOf(host: string, remoteAddress = '127.0.0.1', headers = {}): Promise<number> {
  const response = await server.inject({ url: '/secret', remoteAddress, headers: { ...headers, host } });
  return response.statusCode;
}

describe('localOnly', () => {
  it.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST:4000',
    'portcullis.localhost:4000',
    '127.0.0.1:4000',
    '127.1.2.3',
    '[::1]',
    '[::1]:4000',
  ])('lets a local peer in that names %s', async (host) => {
    expect(await statusOf(host)).toBe(200);
  });

  it.each([
    'example.com',
    'example.com:4000',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'notlocalhost',
    '192.168.0.7:4000',
    '0.0.0.0:4000',
    '[::]:4000',
    '[::2]',
    '::1',
    'localhost:4000:5000',
    'user@localhost',
    'localhost/',
    '2130706433',
    '127.1',
  ])('refuses a local peer that names %j, since its name may have been rebound', async (host) => {
    expect(await statusOf(host)).toBe(404);
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('lets the peer %s in', async (peer) => {
    expect(await statusOf('localhost', peer)).toBe(200);
  });

  it.each(['192.168.0.7', '128.0.0.1', '::2', '::ffff:192.168.0.7', 'fe80::1'])(
    'refuses the peer %s, whatever it says of itself',
    async (peer) => {
      const claims = {
        'x-forwarded-for': '127.0.0.1',
        'x-real-ip': '127.0.0.1',
        forwarded: 'for=127.0.0.1;host=localhost',
        'x-forwarded-host': 'localhost',
      };
      expect(await statusOf('localhost', peer, claims)).toBe(404);
    },
  );

  it('answers as if there were nothing', async () => {
    const refused = await server.inject({ url: '/secret', headers: { host: 'example.com' } });
    const missing = await server.inject({ url: '/nothing', headers: { host: 'example.com' } });
    expect(refused.body.replace('/secret', '/nothing')).toBe(missing.body);
    expect(
      (await server.inject({ method: 'HEAD', url: '/secret', headers: { host: 'x.com' } })).statusCode,
    ).toBe(404);
  });
});
