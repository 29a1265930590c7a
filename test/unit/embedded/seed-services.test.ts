import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { provisionPool } from '../../../src/embedded/provision-pools.js';
import { seedServices } from '../../../src/embedded/seed-services.js';
import { createSettings } from '../../../src/embedded/settings.js';
import { createAccessKeyStore } from '../../../src/embedded/sts/access-key-store.js';
import { systemClock } from '../../../src/services/clock.js';
import type { Database } from '../../../src/services/database/database.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { openTestDatabase } from '../../support/database.js';
import { cutShortAfter, embeddedClients, forgetProvisioned } from '../../support/embedded-clients.js';
import type { EmbeddedClients } from '../../support/embedded-clients.js';

let database: Database;
let clients: EmbeddedClients;
let dataDir: string;
let poolId: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'portcullis-services-'));
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(async () => {
  await forgetProvisioned(database);
  await rm(join(dataDir, 'service-credentials'), { force: true });
  clients = embeddedClients(database);
  ({ poolId } = await provisionPool(clients.cognito, 'ADMIN', { adminMfa: 'optional', textMessages: false }));
});

const seed = (...names: string[]) =>
  seedServices({
    cognito: clients.cognito,
    accessKeys: createAccessKeyStore(database.db),
    poolId,
    names,
    dataDir,
    clock: systemClock,
    randomness: systemRandomness,
    settings: createSettings(database.db),
  });
const lines = async () => (await readFile(join(dataDir, 'service-credentials'), 'utf8')).trim().split('\n');

describe('seedServices', () => {
  it('gives each a client and a key, in a file for its owner alone', async () => {
    const { services, credentialsPath } = await seed('orders', 'billing');
    expect(services.map(({ name, arn }) => [name, arn])).toEqual([
      ['orders', 'arn:aws:iam::000000000000:user/orders'],
      ['billing', 'arn:aws:iam::000000000000:user/billing'],
    ]);
    expect(credentialsPath).toBe(join(dataDir, 'service-credentials'));
    expect((await stat(credentialsPath ?? '')).mode & 0o777).toBe(0o600);
    for (const [index, line] of (await lines()).entries()) {
      expect(line).toMatch(/^\w+ [a-z\d]{26} [a-z\d]{51} AKIA[A-Z2-7]{16} [A-Za-z\d]{40}$/);
      expect(line.startsWith(`${services[index]?.name} ${services[index]?.clientId} `)).toBe(true);
    }
  });

  it('asks nothing of Cognito where all are known, and makes what is new', async () => {
    const first = await seed('orders');
    const before = clients.cognitoCalls.calls.length;
    expect(await seed('orders')).toEqual(first);
    expect(clients.cognitoCalls.calls.length).toBe(before);
    const second = await seed('orders', 'billing');
    expect(second.services[0]).toEqual(first.services[0]);
    expect((await lines()).map((line) => line.split(' ')[0])).toEqual(['orders', 'billing']);
  });

  it('forgets who is named no more, until they are named again', async () => {
    const { services } = await seed('orders', 'billing');
    expect((await seed('billing')).services).toEqual(services.slice(1));
    expect((await seed('orders', 'billing')).services).toEqual(services);
  });

  it('makes none where none are named', async () => {
    expect(await seed()).toEqual({ services: [], credentialsPath: undefined });
  });

  it('ends what was cut short, with the same credentials', async () => {
    for (const allowed of [1, 2, 3, 4, 5]) {
      const dying = embeddedClients(database);
      cutShortAfter(dying.cognitoCalls, allowed);
      const alive = clients;
      clients = dying;
      await seed('orders', 'billing').catch(() => undefined);
      clients = alive;
    }
    const { services } = await seed('orders', 'billing');
    const kept = await lines();
    expect(kept).toHaveLength(2);
    expect(kept.map((line) => line.split(' ')[1])).toEqual(services.map(({ clientId }) => clientId));
    expect(await createAccessKeyStore(database.db).listOf(services[0]?.arn ?? '')).toHaveLength(1);
  });
});
