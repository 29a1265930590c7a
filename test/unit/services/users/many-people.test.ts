import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { PortcullisError } from '../../../../src/errors.js';
import { BypassCache } from '../../../../src/services/cache/bypass-cache.js';
import type { Cache } from '../../../../src/services/cache/cache.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';
import type { ReadsPerSecond } from '../../../../src/services/cognito/read-budget.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createCognitoUserStore } from '../../../../src/services/users/cognito-user-store.js';
import { openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

const PEOPLE = 30;

let services: IdentityServices;
/** Some in each pool; the first is an auditor. */
let ids: string[];

beforeAll(async () => {
  services = await openIdentityServices();
  ids = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    ids.push((await services.person(index % 3 === 0 ? 'ADMIN' : 'END_USER')).id);
  }
  const [first = ''] = ids;
  await services.users.grantRole(first, 'auditor');
  // The directory knows them all from here on.
  await services.users.findMany(ids);
});
afterAll(() => services.close());
afterEach(() => {
  services.calls.disturb(() => undefined);
  vi.useRealTimers();
});

/** Another instance on the same pools and database, with a cache of its own and nothing in its memory. */
function anotherStore(readsPerSecond?: ReadsPerSecond, cache?: Cache) {
  const { pools, calls, cognito } = services;
  return createCognitoUserStore({
    client: new CognitoIdentityProviderClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: calls,
    }),
    pools,
    db: cognito.db,
    cache: cache ?? new MemoryCache({ clock: cognito.clock }),
    logger: pino({ level: 'silent' }),
    onChanged: async () => {},
    readsPerSecond,
  });
}

/** Who was read by AdminGetUser since, in the order of the calls. */
const readSince = (before: number) =>
  services.calls.calls
    .slice(before)
    .filter(({ operation }) => operation === 'AdminGetUser')
    .map(({ input }) => input['Username']);

/** Waits for reads that wait for their turn, while the seconds fly. */
async function hurried<Found>(read: () => Promise<readonly Found[]>): Promise<readonly Found[]> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const reading = read();
  const isDone = reading.then(() => true);
  for (let second = 0; second < 30; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    const answered = new Promise<boolean>((resolve) => void setImmediate(() => resolve(false)));
    if (await Promise.race([isDone, answered])) break;
  }
  const found = await reading;
  vi.useRealTimers();
  return found;
}

describe('many people at once', () => {
  test('are one read each of the pool that each is known to live in, then none for 30 seconds', async () => {
    const users = anotherStore();
    const before = services.calls.calls.length;
    const found = await users.findMany([...ids, ...ids.slice(0, 3)]);
    expect(found.map((person) => (person as { id: string }).id)).toEqual([...ids, ...ids.slice(0, 3)]);
    expect(readSince(before)).toEqual(ids);
    services.cognito.clock.advance(29_999);
    expect(await users.findMany(ids)).toEqual(found.slice(0, PEOPLE));
    expect(readSince(before)).toHaveLength(PEOPLE);
    services.cognito.clock.advance(1);
    await users.findMany(ids);
    expect(readSince(before)).toEqual([...ids, ...ids]);
  });

  test('are read again where they were changed, and only they', async () => {
    const { users } = services;
    await users.findMany(ids);
    await users.update(ids[7] ?? '', { givenName: 'Frida' });
    await users.disable(ids[9] ?? '');
    const before = services.calls.calls.length;
    const found = await users.findMany(ids);
    expect(found[7]).toMatchObject({ givenName: 'Frida' });
    expect(found[9]).toMatchObject({ enabled: false });
    // The update has read the person anew already.
    expect(readSince(before)).toEqual([ids[9]]);
    await users.enable(ids[9] ?? '');
  });

  test('who have a temporary password are cached too, and read afresh once they have replaced it', async () => {
    const { users, authentication } = services;
    const email = services.newEmail();
    const { id } = await users.create({
      userType: 'END_USER',
      email,
      temporaryPassword: 'Temporary-pass-1',
      suppressInvitation: true,
    });
    await users.findMany([id]);
    const before = services.calls.calls.length;
    expect(await users.findMany([id])).toMatchObject([{ status: 'FORCE_CHANGE_PASSWORD' }]);
    expect(readSince(before)).toEqual([]);
    const address = { ipAddress: null, userAgent: null };
    const signIn = await authentication.login(
      { email, password: 'Temporary-pass-1', userType: 'END_USER' },
      address,
    );
    if (signIn.kind !== 'new-password-required') throw new Error(signIn.kind);
    const { challenge } = signIn;
    await authentication.completeNewPassword(
      { challenge, newPassword: 'Replaced-pass-1', attributes: {} },
      address,
    );
    expect(await users.findMany([id])).toMatchObject([{ status: 'CONFIRMED' }]);
  });

  test('who are nobody are asked for in both pools, what is no id in none', async () => {
    const strangers = [systemRandomness.uuid(), systemRandomness.uuid()];
    const before = services.calls.calls.length;
    const found = await services.users.findMany([...strangers, 'person@example.com', '', '\0']);
    expect(found).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(readSince(before).sort()).toEqual([...strangers, ...strangers].sort());
  });

  test('of whom one cannot be read are read but for that one, who is tried again', async () => {
    const users = anotherStore();
    const [, unlucky] = ids;
    services.calls.disturb(({ input }) =>
      input['Username'] === unlucky
        ? { kind: 'exception', name: 'InternalErrorException', statusCode: 500 }
        : undefined,
    );
    const found = await users.findMany(ids);
    expect(found[1]).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(found.filter((person) => person instanceof Error)).toHaveLength(1);
    services.calls.disturb(() => undefined);
    const before = services.calls.calls.length;
    expect(await users.findMany(ids)).toMatchObject(ids.map((id) => ({ id })));
    expect(readSince(before)).toEqual([unlucky]);
  });

  test('beyond the budget of reads are refused, and nothing is cached of them', async () => {
    const cache = new MemoryCache({ clock: services.cognito.clock });
    const users = anotherStore({ people: 1, roles: 1 }, cache);
    const before = services.calls.calls.length;
    const found = await hurried(() => users.findMany(ids));
    const refused = ids.filter((_, index) => found[index] instanceof Error);
    expect(refused.length).toBeGreaterThanOrEqual(PEOPLE - 12);
    expect(refused.length).toBeLessThan(PEOPLE);
    expect(readSince(before)).toHaveLength(PEOPLE - refused.length);
    for (const answer of found) {
      if (!(answer instanceof PortcullisError)) continue;
      expect([answer.code, answer.retryable]).toEqual(['UPSTREAM_THROTTLED', true]);
      expect(answer.retryAfter).toBeGreaterThan(0);
    }
    const again = services.calls.calls.length;
    expect(await anotherStore(undefined, cache).findMany(ids)).toMatchObject(ids.map((id) => ({ id })));
    expect(readSince(again)).toEqual(refused);
  });
});

describe('the roles of many people', () => {
  test('are one call each, and no read of the people', async () => {
    const users = anotherStore();
    const before = services.calls.calls.length;
    const count = services.calls.count('AdminListGroupsForUser');
    const roles = await users.rolesOfMany(ids);
    expect(roles).toEqual(ids.map((_, index) => (index === 0 ? ['auditor'] : [])));
    expect(readSince(before)).toEqual([]);
    expect(await users.rolesOfMany(ids)).toEqual(roles);
    expect(services.calls.count('AdminListGroupsForUser') - count).toBe(PEOPLE);
  });

  test('beyond the budget of their own are refused', async () => {
    const users = anotherStore({ people: PEOPLE, roles: 1 });
    const count = services.calls.count('AdminListGroupsForUser');
    const found = await hurried(() => users.rolesOfMany(ids));
    const refused = found.filter((answer) => answer instanceof Error);
    expect(refused.length).toBeGreaterThanOrEqual(PEOPLE - 12);
    expect(refused.length).toBeLessThan(PEOPLE);
    expect(new Set(refused.map((error) => (error as PortcullisError).code))).toEqual(
      new Set(['UPSTREAM_THROTTLED']),
    );
    expect(services.calls.count('AdminListGroupsForUser') - count).toBe(PEOPLE - refused.length);
  });

  test('are none for nobody, and for who was deleted', async () => {
    const { id } = await services.person();
    await services.users.findMany([id]);
    await services.users.grantRole(id, 'member');
    const elsewhere = anotherStore(undefined, new BypassCache());
    expect(await elsewhere.rolesOfMany([id, systemRandomness.uuid(), ''])).toEqual([['member'], [], []]);
    await services.users.delete(id);
    expect(await elsewhere.rolesOfMany([id])).toEqual([[]]);
    expect(await services.users.rolesOf(id)).toEqual([]);
  });

  test('of whom one cannot be read are read but for that one', async () => {
    const users = anotherStore();
    services.calls.disturb(({ input }) =>
      input['Username'] === ids[2] ? { kind: 'exception', name: 'TooManyRequestsException' } : undefined,
    );
    const roles = await users.rolesOfMany(ids.slice(0, 4));
    expect(roles).toMatchObject([['auditor'], [], { code: 'UPSTREAM_THROTTLED' }, []]);
  });
});
