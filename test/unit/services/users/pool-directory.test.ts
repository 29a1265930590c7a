import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Database } from '../../../../src/services/database/database.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createPoolDirectory } from '../../../../src/services/users/pool-directory.js';
import { openTestDatabase } from '../../../support/database.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const someIds = (count: number) => Array.from({ length: count }, () => systemRandomness.uuid());

describe('the directory of pools', () => {
  beforeEach(() => void vi.restoreAllMocks());

  test('looks up all whom it does not remember in one query, and remembers them', async () => {
    const [admins, endUsers, strangers] = [someIds(300), someIds(600), someIds(100)];
    const before = createPoolDirectory(database.db);
    await before.note('ADMIN', admins);
    await before.note('END_USER', endUsers);

    const directory = createPoolDirectory(database.db);
    const queries = vi.spyOn(database.db, 'select');
    const pools = await directory.poolsOf([...endUsers, ...strangers, ...admins]);
    expect(queries).toHaveBeenCalledTimes(1);
    expect(pools).toEqual(
      new Map([
        ...admins.map((id) => [id, 'ADMIN'] as const),
        ...endUsers.map((id) => [id, 'END_USER'] as const),
      ]),
    );
    expect(await directory.poolsOf([...admins, ...endUsers])).toEqual(pools);
    expect(queries).toHaveBeenCalledTimes(1);
  });

  test('asks again for who was unknown, until they are noted', async () => {
    const directory = createPoolDirectory(database.db);
    const [id = ''] = someIds(1);
    expect(await directory.poolsOf([id])).toEqual(new Map());
    const queries = vi.spyOn(database.db, 'select');
    await directory.poolsOf([id]);
    expect(queries).toHaveBeenCalledTimes(1);
    await directory.note('END_USER', [id]);
    expect(await directory.poolsOf([id])).toEqual(new Map([[id, 'END_USER']]));
    expect(queries).toHaveBeenCalledTimes(1);
  });

  test('does not trouble the database with what is no id', async () => {
    const directory = createPoolDirectory(database.db);
    const queries = vi.spyOn(database.db, 'select');
    const texts = [
      '',
      'person@example.com',
      '__proto__',
      '\0',
      'a'.repeat(10_000),
      'A0000000-0000-0000-0000-000000000000',
    ];
    expect(await directory.poolsOf(texts)).toEqual(new Map());
    expect(queries).not.toHaveBeenCalled();
  });

  test('keeps the pool in which somebody was seen first: nobody moves', async () => {
    const [id = ''] = someIds(1);
    await createPoolDirectory(database.db).note('ADMIN', [id]);
    await createPoolDirectory(database.db).note('END_USER', [id]);
    expect(await createPoolDirectory(database.db).poolsOf([id])).toEqual(new Map([[id, 'ADMIN']]));
  });
});
