import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Authentication } from '../../../../src/services/authentication/authentication.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterAll(() => services.close());

const login = (email: string, authentication: Authentication = services.authentication) =>
  authentication.login({ email, password: PASSWORD, userType: 'END_USER' }, ADDRESS);

/** Sign-in with something else happening just before or just after the session is on record. */
const interrupted = (at: 'before' | 'after', event: () => Promise<unknown>): Authentication =>
  services.authenticationWith({
    sessions: {
      ...services.sessions,
      async start(session) {
        if (at === 'before') await event();
        const started = await services.sessions.start(session);
        if (at === 'after') await event();
        return started;
      },
    },
  });

describe.each(['before', 'after'] as const)('whoever is shut out just %s their session begins', (at) => {
  test.each(['disableUser', 'deleteUser'] as const)('by %s is not signed in', async (operation) => {
    const { id, email } = await services.person();
    const authentication = interrupted(at, () => services.administration[operation](id));
    await expect(login(email, authentication)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const [session] = await services.sessions.pageOf(id, { limit: 1, after: null });
    expect(session?.endReason).toBe(operation === 'disableUser' ? 'USER_DISABLED' : 'USER_DELETED');
  });
});

test('whoever gave the old password is not signed in once it is another, however late their session begins', async () => {
  const { authentication, cognito, sessions } = services;
  const { id, email } = await services.person();
  const late = interrupted('before', async () => {
    cognito.clock.advance(1);
    await sessions.endAllOf(id, 'PASSWORD_CHANGED');
  });
  await expect(login(email, late)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  const [session] = await sessions.pageOf(id, { limit: 1, after: null });
  expect(session?.endReason).toBe('PASSWORD_CHANGED');
  expect((await login(email, authentication)).kind).toBe('authenticated');
});

test('of sign-ins and a disabling at once, none leaves a session alive', async () => {
  for (let times = 0; times < 5; times++) {
    const { id, email } = await services.person();
    const outcomes = await Promise.allSettled([
      login(email),
      login(email),
      services.administration.disableUser(id),
      login(email),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    }
    const sessions = await services.sessions.pageOf(id, { limit: 9, after: null });
    expect(sessions.filter(({ endedAt }) => endedAt === null)).toEqual([]);
  }
});

test('a person who cannot be asked for is not signed in, and their session ends', async () => {
  const { id, email } = await services.person();
  const authentication = services.authenticationWith({
    users: { ...services.users, findFresh: () => Promise.reject(new Error('No answer.')) },
  });
  await expect(login(email, authentication)).rejects.toThrow('No answer.');
  const [session] = await services.sessions.pageOf(id, { limit: 1, after: null });
  expect(session?.endReason).toBe('REVOKED');
});

test('whoever was read just before they confirmed is seen as confirmed once signed in', async () => {
  const email = services.newEmail();
  const { userId } = await services.authentication.register({ email, password: PASSWORD });
  expect((await services.users.find(userId))?.status).toBe('UNCONFIRMED');
  const code = (await services.cognito.lastCode(email)) ?? '';
  await services.authentication.confirmRegistration({ email, userType: 'END_USER', code }, ADDRESS);
  await login(email);
  expect((await services.users.find(userId))?.status).toBe('CONFIRMED');
});
