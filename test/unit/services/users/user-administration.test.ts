import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import type { UserCreation } from '../../../../src/services/users/user-administration.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

const creation = (changes: Partial<UserCreation> = {}): UserCreation => ({
  userType: 'END_USER',
  email: services.newEmail(),
  suppressInvitation: true,
  roles: [],
  ...changes,
});

/** Someone who can administer the service. */
async function administrator() {
  const person = await services.person('ADMIN');
  await services.users.grantRole(person.id, 'administrator');
  return person;
}

/** Whoever is left from other tests administers no more: `kept` are the only ones. */
async function onlyAdministrators(...kept: { id: string }[]) {
  for (const { id } of await services.users.membersOf('ADMIN', 'administrator')) {
    if (!kept.some((person) => person.id === id)) await services.users.withdrawRole(id, 'administrator');
  }
}

async function signedIn(email: string) {
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  return signIn;
}

const faultOf = (operation: string) => (call: { operation: string }) =>
  call.operation === operation ? ({ kind: 'exception', name: 'InternalErrorException' } as const) : undefined;

describe('creating', () => {
  test('gives the roles that were asked for', async () => {
    const { id } = await services.administration.createUser(
      creation({ userType: 'ADMIN', roles: ['auditor', 'administrator', 'auditor'] }),
    );
    expect(await services.users.rolesOf(id)).toEqual(['administrator', 'auditor']);
  });

  test('with an unknown role names it and makes nobody', async () => {
    const user = creation({ roles: ['member', 'emperor'] });
    await expect(services.administration.createUser(user)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { role: 'emperor' },
    });
    await expect(services.administration.createUser({ ...user, roles: [] })).resolves.toBeDefined();
  });

  test('that fails over a role leaves no account behind', async () => {
    const user = creation({ roles: ['member'] });
    services.calls.disturb(faultOf('AdminAddUserToGroup'));
    await expect(services.administration.createUser(user)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    services.calls.disturb(() => undefined);
    const { id } = await services.administration.createUser(user);
    expect(await services.users.rolesOf(id)).toEqual(['member']);
  });

  test('refuses what no pool would keep', async () => {
    for (const changes of [{ givenName: 'a'.repeat(2_049) }, { temporaryPassword: 'a'.repeat(257) }]) {
      await expect(services.administration.createUser(creation(changes))).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
  });
});

describe('updating', () => {
  test('changes attributes and exactly the roles that were authorized', async () => {
    const { id } = await services.administration.createUser(
      creation({ userType: 'ADMIN', roles: ['auditor'] }),
    );
    const updated = await services.administration.updateUser(id, {
      givenName: 'Frida',
      roles: { granted: ['administrator'], withdrawn: ['auditor'] },
    });
    expect(updated.givenName).toBe('Frida');
    expect(await services.users.rolesOf(id)).toEqual(['administrator']);
  });

  test('of nobody is NOT_FOUND, and an unknown role changes nothing', async () => {
    const { id } = await services.person();
    const roles = { granted: ['emperor'], withdrawn: [] };
    await expect(services.administration.updateUser(systemRandomness.uuid(), {})).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(services.administration.updateUser(id, { givenName: 'Frida', roles })).rejects.toMatchObject(
      { code: 'BAD_USER_INPUT', details: { role: 'emperor' } },
    );
    expect((await services.users.find(id))?.givenName).toBeNull();
  });
});

describe('disabling and deleting', () => {
  test.each(['disableUser', 'deleteUser'] as const)('%s ends every session at once', async (operation) => {
    const { id, email } = await services.person();
    const { accessToken, refreshToken, viewer } = await signedIn(email);
    const header = `Bearer ${accessToken}`;
    expect((await services.authentication.authenticate(header)).kind).toBe('viewer');

    await services.administration[operation](id);
    expect(await services.authentication.authenticate(header)).toMatchObject({
      kind: 'rejected',
      error: { code: 'UNAUTHENTICATED' },
    });
    await expect(services.authentication.refreshTokens(refreshToken ?? '')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(signedIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect((await services.sessions.find(viewer.session.id))?.endReason).toBe(
      operation === 'disableUser' ? 'USER_DISABLED' : 'USER_DELETED',
    );
  });

  test('lets who was enabled again sign in, but brings back no session', async () => {
    const { id, email } = await services.person();
    const { accessToken } = await signedIn(email);
    expect((await services.administration.disableUser(id)).enabled).toBe(false);
    expect((await services.administration.enableUser(id)).enabled).toBe(true);
    expect((await services.authentication.authenticate(`Bearer ${accessToken}`)).kind).toBe('rejected');
    await expect(signedIn(email)).resolves.toBeDefined();
  });

  test.each(['enableUser', 'keepOverdue'] as const)(
    'that a process died before the end of is ended by %s',
    async (what) => {
      const { id, email } = await services.person();
      const { viewer } = await signedIn(email);
      // As after kill -9: Cognito has it, and nobody came to the sessions.
      await services.endings.before({ userId: id, reason: 'USER_DISABLED' }, () =>
        services.users.disable(id),
      );
      expect((await services.sessions.find(viewer.session.id))?.endReason).toBeNull();
      if (what === 'keepOverdue') {
        services.cognito.clock.advance(60_000);
        await services.endings.keepOverdue();
      }
      await services.administration.enableUser(id);
      expect((await services.sessions.find(viewer.session.id))?.endReason).toBe('USER_DISABLED');
    },
  );

  test('can be repeated, whether it went through or stopped halfway', async () => {
    const { id, email } = await services.person();
    await signedIn(email);
    services.calls.disturb(faultOf('AdminDeleteUser'));
    await expect(services.administration.deleteUser(id)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    services.calls.disturb(() => undefined);
    expect((await services.users.find(id))?.enabled).toBe(false);
    await services.administration.disableUser(id);
    await services.administration.disableUser(id);
    await services.administration.deleteUser(id);
    await expect(services.administration.deleteUser(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the last administrator', () => {
  const attempts = {
    disabled: (id: string) => services.administration.disableUser(id),
    deleted: (id: string) => services.administration.deleteUser(id),
    'stripped of the role': (id: string) =>
      services.administration.updateUser(id, {
        givenName: 'Nobody',
        roles: { granted: ['auditor'], withdrawn: ['administrator'] },
      }),
  };

  test.each(Object.entries(attempts))('cannot be %s', async (_what, attempt) => {
    const last = await administrator();
    await onlyAdministrators(last);
    await expect(attempt(last.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await services.users.findFresh(last.id)).toMatchObject({ enabled: true, givenName: null });
    expect(await services.users.rolesOf(last.id)).toEqual(['administrator']);
  });

  test.each(Object.entries(attempts))(
    'is not last while another can sign in: one is %s',
    async (_what, attempt) => {
      const [one, two] = [await administrator(), await administrator()];
      await onlyAdministrators(one, two);
      await attempt(one.id);
      await expect(attempt(two.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    },
  );

  test('is last also beside members who are disabled or were never confirmed', async () => {
    const [last, disabled] = [await administrator(), await administrator()];
    const invited = await services.administration.createUser(
      creation({ userType: 'ADMIN', roles: ['administrator'] }),
    );
    await onlyAdministrators(last, disabled, invited);
    await services.administration.disableUser(disabled.id);
    await expect(services.administration.disableUser(last.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await services.administration.deleteUser(disabled.id);
    await services.administration.deleteUser(invited.id);
  });

  test('remains when two administrators shut each other out at once', async () => {
    const [one, two] = [await administrator(), await administrator()];
    await onlyAdministrators(one, two);
    const outcomes = await Promise.allSettled([
      services.administration.disableUser(one.id),
      services.administration.deleteUser(two.id),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { code: 'CONFLICT' } });
  });
});

describe('while the cache cannot be told of changes', () => {
  const made = { code: 'UPSTREAM_UNAVAILABLE', retryable: false, details: { changed: true } };
  const failing = () =>
    vi.spyOn(services.cache, 'invalidate').mockRejectedValue(new Error('Redis does not answer.'));
  afterEach(() => vi.restoreAllMocks());

  test('a person is disabled and their sessions end, and that it is not known everywhere is said', async () => {
    const { id, email } = await services.person();
    const { session } = (await signedIn(email)).viewer;
    failing();
    await expect(services.administration.disableUser(id)).rejects.toMatchObject(made);
    vi.restoreAllMocks();
    expect(await services.users.findFresh(id)).toMatchObject({ enabled: false });
    expect(await services.sessions.find(session.id)).toMatchObject({ endReason: 'USER_DISABLED' });
  });

  test('a person is deleted', async () => {
    const { id } = await services.person();
    failing();
    await expect(services.administration.deleteUser(id)).rejects.toMatchObject(made);
    vi.restoreAllMocks();
    expect(await services.users.findFresh(id)).toBeUndefined();
  });

  test('all of an update is made', async () => {
    const { id } = await services.person('ADMIN');
    failing();
    const roles = { granted: ['auditor', 'administrator'], withdrawn: [] };
    await expect(services.administration.updateUser(id, { givenName: 'Frida', roles })).rejects.toMatchObject(
      made,
    );
    vi.restoreAllMocks();
    expect(await services.users.findFresh(id)).toMatchObject({ givenName: 'Frida' });
    expect(await services.users.rolesOf(id)).toEqual(['administrator', 'auditor']);
  });

  test('a change that Cognito refused is reported as refused', async () => {
    const { id } = await services.person();
    services.calls.disturb(faultOf('AdminDisableUser'));
    failing();
    await expect(services.administration.disableUser(id)).rejects.not.toHaveProperty('details.changed');
  });

  test('somebody new is made, with their roles', async () => {
    failing();
    const { id } = await services.administration.createUser(creation({ roles: ['member'] }));
    vi.restoreAllMocks();
    expect(await services.users.rolesOf(id)).toEqual(['member']);
  });
});

describe('an invitation', () => {
  const DAY_MS = 86_400_000;
  const login = (email: string, password: string) =>
    services.authentication.login({ email, password, userType: 'END_USER' }, ADDRESS);

  test('is refused for a temporary password that nobody should have, before anybody is made', async () => {
    const user = creation({ temporaryPassword: 'Welcome2024!!' });
    await expect(services.administration.createUser(user)).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
      details: { rules: ['COMMON'] },
    });
    await expect(services.administration.resendInvitation(user)).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
    });
    await expect(login(user.email, 'Welcome2024!!')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  test('expires after seven days, says so to who holds it, and can be sent again', async () => {
    const user = creation({ temporaryPassword: 'Temporary-pass-1' });
    const { id } = await services.administration.createUser(user);
    services.cognito.clock.advance(7 * DAY_MS - 1);
    expect(await login(user.email, 'Temporary-pass-1')).toMatchObject({ kind: 'new-password-required' });
    services.cognito.clock.advance(1);
    await expect(login(user.email, 'Temporary-pass-1')).rejects.toMatchObject({
      code: 'PASSWORD_RESET_REQUIRED',
      details: { reason: 'TEMPORARY_PASSWORD_EXPIRED' },
    });
    await expect(login(user.email, 'Temporary-pass-2')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });

    const again = await services.administration.resendInvitation({
      userType: 'END_USER',
      email: ` ${user.email.toUpperCase()} `,
      temporaryPassword: null,
    });
    expect(again).toMatchObject({ id, status: 'FORCE_CHANGE_PASSWORD' });
    const sent = (await services.cognito.lastCode(user.email)) ?? '';
    expect(await login(user.email, sent)).toMatchObject({ kind: 'new-password-required' });
    await expect(login(user.email, 'Temporary-pass-1')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  test('that is sent again ends what the one before began', async () => {
    const user = creation({ temporaryPassword: 'Temporary-pass-1' });
    await services.administration.createUser(user);
    const begun = await login(user.email, 'Temporary-pass-1');
    if (begun.kind !== 'new-password-required') throw new Error(begun.kind);
    services.cognito.clock.advance(1);
    await services.administration.resendInvitation(user);
    const calls = services.calls.count('RespondToAuthChallenge');
    await expect(
      services.authentication.completeNewPassword(
        { challenge: begun.challenge, newPassword: 'Stolen-lantern-9', attributes: {} },
        ADDRESS,
      ),
    ).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    expect(services.calls.count('RespondToAuthChallenge')).toBe(calls);
  });

  test('is not sent again to who has a password, nor to nobody', async () => {
    const { email } = await services.person();
    const resend = (address: string) =>
      services.administration.resendInvitation({ userType: 'END_USER', email: address });
    await expect(resend(email)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(resend(services.newEmail())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test.each(['disableUser', 'resetUserPassword', 'deleteUser', 'resetUserMfa'] as const)(
  '%s of an id that no database takes is NOT_FOUND',
  async (operation) => {
    await expect(services.administration[operation]('a\u0000b')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  },
);
