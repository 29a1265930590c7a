import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import type { NewUser } from '../../../../src/services/users/user-store.js';
import { openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';
import { spoil } from '../../../support/spoil.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterAll(() => services.close());

const newUser = (changes: Partial<NewUser> = {}): NewUser => ({
  userType: 'END_USER',
  email: services.newEmail(),
  suppressInvitation: true,
  ...changes,
});

describe('a person', () => {
  test('is made with what is known of them, and found in whichever pool they live', async () => {
    const { users, cognito } = services;
    for (const userType of ['ADMIN', 'END_USER'] as const) {
      const email = services.newEmail();
      const created = await users.create(
        newUser({
          userType,
          email: ` ${email.toUpperCase()} `,
          givenName: 'Frida',
          phoneNumber: '+4930123456',
        }),
      );
      expect(created).toEqual({
        id: created.id,
        userType,
        email,
        emailVerified: false,
        phoneNumber: '+4930123456',
        phoneNumberVerified: false,
        givenName: 'Frida',
        familyName: null,
        status: 'FORCE_CHANGE_PASSWORD',
        enabled: true,
        createdAt: cognito.clock.now(),
        updatedAt: cognito.clock.now(),
      });
      expect(await users.find(created.id)).toEqual(created);
      expect(await users.find(created.id)).toEqual(created);
      expect(await users.findFresh(created.id)).toEqual(created);
    }
  });

  test('has a verified address where nothing but the invitation sent there lets them in', async () => {
    const { users, cognito } = services;
    const invited = await users.create(newUser({ suppressInvitation: false }));
    expect(invited.emailVerified).toBe(true);
    expect(await cognito.lastCode(invited.email ?? '')).toBeDefined();
    const told = await users.create(
      newUser({ suppressInvitation: false, temporaryPassword: 'Temporary-pass-1' }),
    );
    expect(told.emailVerified).toBe(false);
  });

  test('is not made twice: CONFLICT', async () => {
    const user = newUser();
    await services.users.create(user);
    await expect(services.users.create(user)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('who is unknown, or asked for by something else than an id, is not found', async () => {
    const { users } = services;
    const { email } = await services.person();
    for (const id of [systemRandomness.uuid(), email, '', '__proto__', 'a'.repeat(10_000)]) {
      expect(await users.find(id)).toBeUndefined();
      expect(await users.rolesOf(id)).toEqual([]);
      expect(await users.mfaOf(id)).toEqual({ enabled: [], preferred: null });
      await expect(users.disable(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('garbage in the cache', () => {
  test.each(['garbage', 'null', '{}', '"x"', '[1,2]', '{"user":{},"mfa":{}}'])(
    'hides nobody, nor their roles, and goes: %s',
    async (garbage) => {
      const { users, cache, calls } = services;
      const { id } = await services.person();
      await users.grantRole(id, 'member');
      const person = await users.find(id);
      expect(person?.id).toBe(id);
      await Promise.all([spoil(cache, `user:${id}`, garbage), spoil(cache, `roles:${id}`, garbage)]);
      const read = async () => [
        await users.find(id),
        await users.mfaOf(id),
        await users.rolesOf(id),
        await users.rolesOfMany([id]),
      ];
      const expected = [person, { enabled: [], preferred: null }, ['member'], [['member']]];
      expect(await read()).toEqual(expected);
      const before = calls.calls.length;
      expect(await read()).toEqual(expected);
      expect(calls.calls).toHaveLength(before);
      const cached = await cache.read([`user:${id}`, `roles:${id}`]);
      expect(cached.map(({ hit }) => hit)).toEqual([true, true]);
      expect(cached).toMatchObject([{}, { value: JSON.stringify([id, ['member']]) }]);
    },
  );
});

describe('a change', () => {
  test('touches what is given, removes what is null, and leaves the rest', async () => {
    const { users } = services;
    const { id } = await users.create(
      newUser({ givenName: 'Frida', familyName: 'Kahlo', phoneNumber: '+4930123' }),
    );
    const changed = await users.update(id, { givenName: 'Magdalena', phoneNumber: null });
    expect(changed).toMatchObject({ givenName: 'Magdalena', familyName: 'Kahlo', phoneNumber: null });
    expect(await users.find(id)).toEqual(changed);
  });

  test('of an address makes it unverified; the same address again changes nothing', async () => {
    const { users } = services;
    const { id, email } = await services.person();
    expect(await users.update(id, { email: email.toUpperCase() })).toMatchObject({
      email,
      emailVerified: true,
    });
    const address = services.newEmail();
    expect(await users.update(id, { email: address })).toMatchObject({
      email: address,
      emailVerified: false,
    });
  });

  test('to an address that somebody has is a CONFLICT', async () => {
    const [one, two] = [await services.person(), await services.person()];
    await expect(services.users.update(one.id, { email: two.email })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  test('is seen by the next read, though the one before was cached', async () => {
    const { users } = services;
    const { id } = await services.person();
    expect((await users.find(id))?.enabled).toBe(true);
    await users.disable(id);
    expect((await users.find(id))?.enabled).toBe(false);
    await users.enable(id);
    expect((await users.find(id))?.enabled).toBe(true);
    expect(await users.rolesOf(id)).toEqual([]);
    await users.grantRole(id, 'member');
    expect(await users.rolesOf(id)).toEqual(['member']);
    await users.withdrawRole(id, 'member');
    expect(await users.rolesOf(id)).toEqual([]);
    await users.delete(id);
    expect(await users.find(id)).toBeUndefined();
  });

  test('whose answer is lost is not hidden by the cache', async () => {
    const { users, calls } = services;
    const { id } = await services.person();
    await users.find(id);
    const lose = () => {
      throw new Error('The connection was lost.');
    };
    calls.disturb(() => ({ kind: 'tampered', tamper: lose }));
    await expect(users.disable(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    calls.disturb(() => undefined);
    expect((await users.find(id))?.enabled).toBe(false);
  });
});

describe('reads', () => {
  test('of one person at once are one call, and the next 30 seconds none', async () => {
    const { users, calls, cognito } = services;
    const { id } = await services.person();
    await users.find(id);
    cognito.clock.advance(30_000);
    const before = calls.count('AdminGetUser');
    await Promise.all(Array.from({ length: 25 }, () => users.find(id)));
    await users.mfaOf(id);
    cognito.clock.advance(29_999);
    await users.find(id);
    expect(calls.count('AdminGetUser') - before).toBe(1);
    await users.findFresh(id);
    expect(calls.count('AdminGetUser') - before).toBe(2);
  });

  test('that began before a change never fill the cache with what was', async () => {
    const { users } = services;
    const { id } = await services.person();
    for (let times = 0; times < 10; times++) {
      await Promise.all([users.find(id), users.disable(id), users.find(id)]);
      expect((await users.find(id))?.enabled).toBe(false);
      await Promise.all([users.find(id), users.enable(id), users.find(id)]);
      expect((await users.find(id))?.enabled).toBe(true);
    }
  });

  test('that fail are UPSTREAM errors, not missing people', async () => {
    const { users, calls } = services;
    const { id } = await services.person();
    calls.disturb(() => ({ kind: 'exception', name: 'TooManyRequestsException' }));
    await expect(users.find(id)).rejects.toMatchObject({ code: 'UPSTREAM_THROTTLED' });
    calls.disturb(() => ({ kind: 'exception', name: 'InternalErrorException', statusCode: 500 }));
    await expect(users.find(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    calls.disturb(() => undefined);
    expect((await users.find(id))?.id).toBe(id);
  });
});

describe('roles and pages', () => {
  test('a role exists in its own pool alone', async () => {
    const { users } = services;
    expect(await users.roleExists('ADMIN', 'administrator')).toBe(true);
    expect(await users.roleExists('END_USER', 'administrator')).toBe(false);
    for (const role of ['', 'with blank', 'a'.repeat(129)]) {
      expect(await users.roleExists('ADMIN', role)).toBe(false);
    }
  });

  test('the members of a role are all of them, beyond one page', async () => {
    const { users } = services;
    const created = await Promise.all(
      Array.from({ length: 61 }, () => users.create(newUser({ userType: 'ADMIN' }))),
    );
    for (const { id } of created) await users.grantRole(id, 'auditor');
    const members = await users.membersOf('ADMIN', 'auditor');
    expect(new Set(members.map(({ id }) => id))).toEqual(new Set(created.map(({ id }) => id)));
    expect(await users.membersOf('ADMIN', 'nobody-has-this')).toEqual([]);
  });

  test('a page finds by what Cognito has an index for', async () => {
    const { users } = services;
    const { id, email } = await services.person();
    const find = (search: Parameters<typeof users.page>[0]['search']) =>
      users.page({ userType: 'END_USER', ...(search && { search }), limit: 60, token: null });
    const byEmail = await find({ attribute: 'email', operator: 'equals', value: email });
    expect(byEmail.users.map((user) => user.id)).toEqual([id]);
    await users.disable(id);
    const disabled = await find({ attribute: 'enabled', operator: 'equals', value: false });
    expect(disabled.users.map((user) => user.id)).toContain(id);
  });
});
