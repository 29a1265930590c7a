import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withProvisioningLock } from '../../../src/embedded/provision-lock.js';
import { createSettings } from '../../../src/embedded/settings.js';
import type { Database } from '../../../src/services/database/database.js';
import { openDatabase } from '../../../src/services/database/open-database.js';
import { openTestDatabase } from '../../support/database.js';
import { createTestPostgres } from '../../support/postgres.js';
import type { TestPostgres } from '../../support/postgres.js';

describe('withProvisioningLock', () => {
  let postgres: TestPostgres;
  let instances: Database[];

  beforeAll(async () => {
    postgres = await createTestPostgres();
    const open = () => openDatabase({ url: postgres.url }, { logger: pino({ level: 'silent' }) });
    instances = await Promise.all([open(), open(), open()]);
  });

  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.close()));
    await postgres.drop();
  });

  it('lets one instance after the other do the work', async () => {
    const numbers = await Promise.all(
      instances.map((instance) =>
        withProvisioningLock(instance, async () => {
          const settings = createSettings(instance.db);
          const next = Number((await settings.get('counter')) ?? 0) + 1;
          await settings.set('counter', String(next));
          return next;
        }),
      ),
    );
    expect(numbers.sort()).toEqual([1, 2, 3]);
  });

  it('lets the next in when the work failed', async () => {
    const [first, second] = instances as [Database, Database];
    const failure = new Error('cut short');
    await expect(withProvisioningLock(first, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await withProvisioningLock(second, async () => 'done')).toBe('done');
  });

  it('does not hold up the one connection of PGlite', async () => {
    const database = await openTestDatabase();
    const settings = createSettings(database.db);
    await withProvisioningLock(database, () => settings.set('name', 'value'));
    expect(await settings.get('name')).toBe('value');
    await database.close();
  });
});
