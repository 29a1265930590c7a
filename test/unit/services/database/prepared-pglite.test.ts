import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPglite } from '../../../../src/services/database/create-pglite.js';
import { PreparedPGlite } from '../../../../src/services/database/prepared-pglite.js';
import { findTemplate, readTemplate } from '../../../../src/services/database/template.js';
import { sharedThing } from '../../../support/shared-thing.js';

async function openPglite(): Promise<PGlite> {
  const template = await findTemplate(await sharedThing('template'));
  if (template === null) throw new Error('The template is missing.');
  return createPglite({ loadDataDir: await readTemplate(template) });
}

describe('a PGlite with prepared statements', () => {
  let plain: PGlite;
  let prepared: PreparedPGlite;
  beforeAll(async () => {
    plain = await openPglite();
    prepared = new PreparedPGlite(plain);
    await plain.exec('CREATE TABLE things (id integer PRIMARY KEY, name text)');
  });
  afterAll(() => plain.close());

  const kept = async () => {
    const { rows } = await plain.query<{ name: string }>('SELECT name FROM pg_prepared_statements');
    return rows.map(({ name }) => name);
  };

  it.each<[string, unknown]>([
    ['integer', 42],
    ['bigint', 2n ** 60n],
    ['numeric', '3.1400'],
    ['boolean', false],
    ['text', 'naïve "text" \\ \n'],
    ['text', ''],
    ['uuid', '0b9fa1f4-2f4b-4d9c-8d1e-0d8f6f6f6f6f'],
    ['bytea', Buffer.from([0, 1, 254, 255])],
    ['jsonb', { a: [1, null, 'x'], b: {} }],
    ['timestamptz', new Date('2026-02-03T04:05:06.789Z')],
    ['text[]', ['a', 'b c', 'd"e']],
    ['integer[]', [1, 2, 3]],
    ['text', null],
  ])('answers %s as PGlite does', async (type, value) => {
    const ask = `SELECT $1::${type} AS value`;
    for (const rowMode of ['object', 'array'] as const) {
      const expected = await plain.query(ask, [value], { rowMode });
      for (let round = 0; round < 2; round += 1) {
        expect(await prepared.query(ask, [value], { rowMode })).toEqual(expected);
      }
    }
  });

  it("reads with the query's own parsers", async () => {
    const parsers = { 23: (text: string) => `number ${text}` };
    const { rows } = await prepared.query('SELECT 7 AS value, NULL::integer AS nothing', [], { parsers });
    expect(rows).toEqual([{ value: 'number 7', nothing: null }]);
  });

  it('counts the rows that a command has changed', async () => {
    const insert = 'INSERT INTO things VALUES ($1, $2), ($3, $2)';
    expect((await prepared.query(insert, [1, 'one', 2])).affectedRows).toBe(2);
    expect((await prepared.query('UPDATE things SET name = $1', ['two'])).affectedRows).toBe(2);
    expect((await prepared.query('SELECT * FROM things')).affectedRows).toBe(0);
    const removed = await prepared.query('DELETE FROM things WHERE id = $1 RETURNING id', [1]);
    expect(removed).toMatchObject({ affectedRows: 1, rows: [{ id: 1 }] });
  });

  it('has each statement parsed once', async () => {
    const before = await kept();
    for (let id = 0; id < 3; id += 1) await prepared.query('SELECT 1 FROM things WHERE id = $1', [id]);
    expect((await kept()).filter((name) => !before.includes(name))).toHaveLength(1);
  });

  it('keeps no more than 128 statements, and answers those it has let go', async () => {
    const ask = async (number: number) => (await prepared.query(`SELECT ${number} AS value`)).rows;
    for (let number = 0; number < 150; number += 1) await ask(number);
    expect(await kept()).toHaveLength(128);
    expect(await ask(0)).toEqual([{ value: 0 }]);
    expect(await kept()).toHaveLength(128);
  });

  it.each([
    ['does not parse', 'SELECT nonsense FROM nowhere', '42P01'],
    ['fails', 'SELECT 1 / $1::integer', '22012'],
  ])('goes on after a statement that %s, every time', async (_how, statement, code) => {
    for (let round = 0; round < 2; round += 1) {
      await expect(prepared.query(statement, statement.includes('$1') ? [0] : [])).rejects.toMatchObject({
        code,
      });
      expect((await prepared.query('SELECT 1 AS value')).rows).toEqual([{ value: 1 }]);
    }
  });

  it('commits what a transaction did, and nothing of one that failed', async () => {
    const insert = 'INSERT INTO things VALUES ($1, $2)';
    await prepared.transaction((tx) => tx.query(insert, [10, 'kept']));
    const failed = prepared.transaction(async (tx) => {
      await tx.query(insert, [11, 'lost']);
      await tx.query(insert, [10, 'twice']);
    });
    await expect(failed).rejects.toMatchObject({ code: '23505', constraint: 'things_pkey' });
    const { rows } = await prepared.query('SELECT id FROM things WHERE id >= $1', [10]);
    expect(rows).toEqual([{ id: 10 }]);
  });

  it('lets a query outside of a transaction wait for its end', async () => {
    const order: string[] = [];
    const outside = () => prepared.query('SELECT 2 AS value').then(() => order.push('outside'));
    let waiting: Promise<unknown> = Promise.resolve();
    await prepared.transaction(async (tx) => {
      waiting = outside();
      await tx.query('SELECT 1 AS value');
      await tx.query('SET LOCAL lock_timeout = 1');
      order.push('inside');
    });
    await waiting;
    expect(order).toEqual(['inside', 'outside']);
  });

  it('refuses what is asked once it is closed', async () => {
    const own = await openPglite();
    const closed = new PreparedPGlite(own);
    await closed.query('SELECT 1');
    await own.close();
    await expect(closed.query('SELECT 1')).rejects.toThrow('closed');
  });
});
