import { CreatePolicyCommand, DeletePolicyCommand } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Database } from '../../../../src/services/database/database.js';
import { createPolicyWatch } from '../../../../src/services/policies/policy-watch.js';
import { watchPolicyWrites } from '../../../../src/services/policies/policy-writes.js';
import { createStoreCalls } from '../../../../src/services/policies/store-calls.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { makePolicyStore } from '../../../support/policy-store.js';
import { recordingHandler, serverError } from '../../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../../support/verified-permissions-client.js';

const SETTLES_MS = 10_000;

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function setUp(settlesForMs = SETTLES_MS) {
  const { client, policyStoreId, handler } = await makePolicyStore(database.db, {
    policies: { all: 'permit (principal, action, resource);' },
  });
  const calls = recordingHandler(handler);
  const clock = new FakeClock();
  const changes = { count: 0 };
  const watch = createPolicyWatch({
    client: verifiedPermissionsClient(calls),
    policyStoreId,
    call: createStoreCalls({ deadline: () => new AbortController().signal }),
    clock,
    logger: pino({ level: 'silent' }),
    metrics: createMetrics(),
    settlesForMs,
    onChange: () => void (changes.count += 1),
  });
  const write = () => {
    const definition = { static: { statement: 'forbid (principal, action, resource);' } };
    return client.send(new CreatePolicyCommand({ policyStoreId, definition }));
  };
  return { watch, clock, calls, changes, client, policyStoreId, write };
}

describe('the version', () => {
  it('is unknown until what was written before the first look has settled, and then the same', async () => {
    const { watch, clock } = await setUp();
    expect(watch.version()).toBeNull();
    await watch.look();
    expect(watch.version()).toBeNull();
    clock.advance(SETTLES_MS);
    const version = watch.version();
    expect(version).toMatch(/^[\w-]{22}$/);
    await watch.look();
    expect(watch.version()).toBe(version);
  });

  it('is unknown after a change was found until that has settled, and then another', async () => {
    const { watch, clock, write } = await setUp();
    await watch.look();
    clock.advance(SETTLES_MS);
    const before = watch.version();
    await write();
    await watch.look();
    expect(watch.version()).toBeNull();
    clock.advance(SETTLES_MS - 1);
    expect(watch.version()).toBeNull();
    clock.advance(1);
    expect(watch.version()).not.toBe(before);
    expect(watch.version()).not.toBeNull();
  });

  it('is unknown from a write on, until it was looked again once the write has settled', async () => {
    const { watch, clock } = await setUp();
    await watch.look();
    // A listing may be older than the write that it follows, so an unchanged one says nothing yet.
    await watch.noticeWrite();
    expect(watch.version()).toBeNull();
    clock.advance(SETTLES_MS);
    expect(watch.version()).toBeNull();
    await watch.look();
    expect(watch.version()).not.toBeNull();
  });

  it('is known again after one look where writes are seen at once', async () => {
    const { watch, write } = await setUp(0);
    await watch.look();
    const before = watch.version();
    await write();
    const noticed = watch.noticeWrite();
    expect(watch.version()).toBeNull();
    await noticed;
    expect(watch.version()).not.toBeNull();
    expect(watch.version()).not.toBe(before);
  });

  it('outlasts looks that fail, but not a write that nobody could look after', async () => {
    const { watch, calls } = await setUp(0);
    await watch.look();
    const version = watch.version();
    calls.disturb(({ operation }) => (operation === 'ListPolicies' ? serverError : undefined));
    await watch.look();
    expect(watch.version()).toBe(version);
    await watch.noticeWrite();
    expect(watch.version()).toBeNull();
    calls.disturb(() => undefined);
    await watch.look();
    expect(watch.version()).toBe(version);
  });
});

describe('writes through a client', () => {
  it('are told of once they have ended, well or badly, and reads are not', async () => {
    const { client, policyStoreId, write } = await setUp();
    let writes = 0;
    watchPolicyWrites(client, () => (writes += 1));
    const { policyId } = await write();
    expect(writes).toBe(1);
    await client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    expect(writes).toBe(2);
    await client.send(new DeletePolicyCommand({ policyStoreId: 'PSnone', policyId })).catch(() => undefined);
    expect(writes).toBe(3);
  });
});

it('a change is told once, by the look that finds it', async () => {
  const { watch, changes, write } = await setUp();
  await watch.look();
  expect(changes.count).toBe(1);
  await watch.look();
  expect(changes.count).toBe(1);
  await write();
  await watch.noticeWrite();
  await watch.look();
  expect(changes.count).toBe(2);
});
