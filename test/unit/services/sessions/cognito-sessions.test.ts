import {
  AdminListUserSessionsCommand,
  SetUserPoolSessionConfigurationCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';
import { exception } from '../../../support/recording-handler.js';

const MINUTE = 60_000;

/** What Cognito tells who may not ask, or whose pool is of another tier. */
const forbidden = exception('AccessDeniedException');

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

const track = async (UserSessionTracking: 'ENABLED' | 'DISABLED') => {
  await services.cognito.sdk.send(
    new SetUserPoolSessionConfigurationCommand({
      UserPoolId: services.pools.END_USER.poolId,
      UserSessionTracking,
      TokenSession: { MaxPerUser: 20 },
    }),
  );
  // The service looks again every ten minutes.
  services.cognito.clock.advance(10 * MINUTE);
};

const signIn = async (email: string) => {
  const result = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (result.kind !== 'authenticated') throw new Error('Not signed in.');
  return result;
};

/** Somebody with sessions of which Cognito's name is known. */
const knownSessions = async (count: number) => {
  const { id, email } = await services.person();
  const signIns = [];
  for (let times = 0; times < count; times++) signIns.push(await signIn(email));
  services.cognito.clock.advance(5_000);
  for (const { accessToken, viewer } of signIns) {
    await services.authentication.authenticate(`Bearer ${accessToken}`);
    await expect
      .poll(async () => (await services.sessions.find(viewer.session.id))?.cognitoSessionId)
      .toMatch(/^tkn/);
  }
  return { id, signIns };
};

const atCognito = async (Username: string) => {
  const UserPoolId = services.pools.END_USER.poolId;
  const { Sessions = [] } = await services.cognito.sdk.send(
    new AdminListUserSessionsCommand({ UserPoolId, Username }),
  );
  return Sessions.map(({ SessionId }) => SessionId);
};

describe('in a pool that tracks sessions', () => {
  beforeAll(() => track('ENABLED'));

  test('what ends here ends there, and nothing else', async () => {
    const { id, signIns } = await knownSessions(3);
    const [one, two, three] = signIns.map(({ viewer }) => viewer.session.id);
    const nameOf = async (session = '') => (await services.sessions.find(session))?.cognitoSessionId;
    await services.sessions.end(one ?? '', 'REVOKED');
    expect((await atCognito(id)).sort()).toEqual([await nameOf(two), await nameOf(three)].sort());
    await services.sessions.endAllOf(id, 'REVOKED', { except: three ?? '' });
    expect(await atCognito(id)).toEqual([await nameOf(three)]);
  });

  test('one of which its name is not known yet, or which is gone there, ends here alone', async () => {
    const { email } = await services.person();
    const unknown = await signIn(email);
    const before = services.calls.count('AdminRevokeUserSession');
    await services.sessions.end(unknown.viewer.session.id, 'REVOKED');
    expect(services.calls.count('AdminRevokeUserSession')).toBe(before);

    const { id, signIns } = await knownSessions(1);
    await services.administration.disableUser(id);
    expect((await services.sessions.find(signIns[0]?.viewer.session.id ?? ''))?.endReason).toBe(
      'USER_DISABLED',
    );
  });

  test('is asked for a name once a minute at most, and never by a session that has just begun', async () => {
    const { email } = await services.person();
    const { accessToken } = await signIn(email);
    services.calls.disturb(({ operation }) => (operation === 'ListUserSessions' ? forbidden : undefined));
    const asked = () => services.calls.count('ListUserSessions');
    const before = asked();
    const use = async () => {
      const credential = await services.authentication.authenticate(`Bearer ${accessToken}`);
      expect(credential.kind).toBe('viewer');
    };
    await use();
    expect(asked()).toBe(before);
    services.cognito.clock.advance(5_000);
    await use();
    await use();
    await expect.poll(asked).toBe(before + 1);
    services.cognito.clock.advance(MINUTE);
    await use();
    await expect.poll(asked).toBe(before + 2);
  });

  test('what fails there fails nothing here', async () => {
    const { signIns } = await knownSessions(1);
    services.calls.disturb(({ operation }) =>
      operation === 'AdminRevokeUserSession' ? forbidden : undefined,
    );
    const ended = await services.sessions.end(signIns[0]?.viewer.session.id ?? '', 'REVOKED');
    expect(ended?.endReason).toBe('REVOKED');
  });
});

test.each([
  ['tracks no sessions', () => track('DISABLED')],
  [
    'may not be asked',
    async () => {
      services.calls.disturb(({ operation }) =>
        operation === 'GetUserPoolSessionConfiguration' ? forbidden : undefined,
      );
      services.cognito.clock.advance(10 * MINUTE);
    },
  ],
])('a pool that %s is not told', async (_what, prepare) => {
  await prepare();
  const { email } = await services.person();
  const { accessToken, viewer } = await signIn(email);
  services.cognito.clock.advance(5_000);
  const before = services.calls.count('ListUserSessions');
  const configured = services.calls.count('GetUserPoolSessionConfiguration');
  await services.authentication.authenticate(`Bearer ${accessToken}`);
  await expect.poll(() => services.calls.count('GetUserPoolSessionConfiguration')).toBe(configured + 1);
  await services.sessions.end(viewer.session.id, 'REVOKED');
  expect(services.calls.count('ListUserSessions')).toBe(before);
  expect((await services.sessions.find(viewer.session.id))?.cognitoSessionId).toBeNull();
});
