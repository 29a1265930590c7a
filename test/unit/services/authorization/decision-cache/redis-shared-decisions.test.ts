import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import pino from 'pino';
import { describe, expect, it } from 'vitest';

import { openRedisSharedDecisions } from '../../../../../src/services/authorization/decision-cache/redis-shared-decisions.js';
import { systemClock } from '../../../../../src/services/clock.js';
import { systemRandomness } from '../../../../../src/services/randomness.js';
import { createTestRedis } from '../../../../support/redis.js';
import { Wire } from '../../../../support/wire.js';

/** Stands before a Redis, and breaks off so many connections just when one subscribes. */
async function breakingOff(target: string, times: number) {
  const sockets = new Set<Socket>();
  let left = times;
  const { hostname, port } = new URL(target);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.on('data', (sent: Buffer) => {
      if (left > 0 && sent.toString().toLowerCase().includes('\nsubscribe')) {
        left -= 1;
        near.destroy();
      } else far.write(sent);
    });
    far.on('data', (sent: Buffer) => near.write(sent));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    cutAll(more: number) {
      left = more;
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A Redis, and all else that decisions are shared with. */
const sharing = async () => ({
  ...(await createTestRedis()),
  clock: systemClock,
  randomness: systemRandomness,
  logger: pino({ level: 'silent' }),
});

describe('decisions shared in Redis', () => {
  it('outlive connections that break off while they subscribe, and hear of renewals after that', async () => {
    const { url, ...options } = await sharing();
    const proxy = await breakingOff(url, 1);
    const shared = await openRedisSharedDecisions({ ...options, url: proxy.url });
    const neighbour = await openRedisSharedDecisions({ ...options, url });
    const heard: (readonly string[] | null)[] = [];
    shared.onRenewed((subjects) => heard.push(subjects));
    try {
      for (const round of ['first', 'second']) {
        // Null: it hears again, of whatever comes from now on.
        await expect.poll(() => heard.at(-1)).toBe(null);
        await neighbour.renew([round]);
        await expect.poll(() => heard.at(-1)).toEqual([round]);
        proxy.cutAll(1);
      }
    } finally {
      await Promise.all([shared.close(), neighbour.close()]);
      await proxy.close();
    }
  });

  it('say nothing of whom they could not make known, until they have, which they try as soon as they can', async () => {
    const { url, ...options } = await sharing();
    const wire = new Wire(new URL(url));
    await wire.open();
    const shared = await openRedisSharedDecisions({ ...options, url: `redis://127.0.0.1:${wire.port}` });
    const neighbour = await openRedisSharedDecisions({ ...options, url });
    const heard: (readonly string[] | null)[] = [];
    neighbour.onRenewed((subjects) => heard.push(subjects));
    try {
      const before = await shared.read(['ada', 'bo'], []);
      await wire.cut();
      await expect(shared.renew(['ada'])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(await neighbour.read(['ada', 'bo'], [])).toEqual(before);

      await wire.open();
      const epochs = new Set<string | undefined>();
      const read = async () => {
        const found = await shared.read(['ada'], []);
        if (found !== null) epochs.add(found.epochs[0]);
        return found;
      };
      await expect.poll(read, { timeout: 10_000 }).not.toBe(null);
      expect(epochs).not.toContain(before?.epochs[0]);
      await expect.poll(() => heard).toContainEqual(['ada']);
      expect(await neighbour.read(['bo'], [])).toEqual({ epochs: [before?.epochs[1]], values: [] });
    } finally {
      await Promise.all([shared.close(), neighbour.close()]);
      await wire.cut();
    }
  });
});
