import {
  AdminListUserSessionsCommand,
  AdminRevokeUserSessionCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GetUserPoolSessionConfigurationCommand,
  ListUserSessionsCommand,
  RevokeUserSessionCommand,
  SetUserPoolSessionConfigurationCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  makeUser,
  openCognitoWithPool,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
let UserPoolId: string;
let clientId: string;
beforeAll(async () => {
  ({ cognito, poolId: UserPoolId, clientId } = await openCognitoWithPool());
});
afterAll(() => cognito.close());

const track = (UserSessionTracking: 'ENABLED' | 'DISABLED', MaxPerUser = 20) =>
  cognito.sdk.send(
    new SetUserPoolSessionConfigurationCommand({
      UserPoolId,
      UserSessionTracking,
      TokenSession: { MaxPerUser },
    }),
  );
const configuration = () => cognito.sdk.send(new GetUserPoolSessionConfigurationCommand({ UserPoolId }));
const sessionsOf = async (AccessToken: string) =>
  (await cognito.sdk.send(new ListUserSessionsCommand({ AccessToken }))).Sessions ?? [];
const currentOf = async (accessToken: string) =>
  (await sessionsOf(accessToken)).find(({ IsCurrentSession }) => IsCurrentSession)?.SessionId ?? '';
const adminList = async (Username: string) =>
  (await cognito.sdk.send(new AdminListUserSessionsCommand({ UserPoolId, Username }))).Sessions ?? [];
const refused = async (AccessToken: string) =>
  expect(cognito.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
    message: 'Access Token has been revoked',
  });

let people = 0;
const somebody = async () => {
  const email = `person-${++people}@example.com`;
  await makeUser(cognito, UserPoolId, email);
  return email;
};

it('a pool tracks no sessions until it is told to, and says so', async () => {
  expect(await configuration()).toMatchObject({
    UserPoolId,
    UserSessionTracking: 'DISABLED',
    TokenSession: { MaxPerUser: 20 },
  });
  const { accessToken } = await tokensOf(cognito, clientId, await somebody());
  await expect(sessionsOf(accessToken)).rejects.toMatchObject({ name: 'OperationNotEnabledException' });
  await track('ENABLED', 7);
  expect(await configuration()).toMatchObject({
    UserSessionTracking: 'ENABLED',
    TokenSession: { MaxPerUser: 7 },
  });
  await expect(track('ENABLED', 101)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

describe('where sessions are tracked', () => {
  beforeEach(async () => void (await track('ENABLED')));

  it('each sign-in is a session, and knows itself', async () => {
    const email = await somebody();
    const [one, other] = [await tokensOf(cognito, clientId, email), await tokensOf(cognito, clientId, email)];
    const sessions = await sessionsOf(one.accessToken);
    expect(sessions).toHaveLength(2);
    for (const session of sessions) {
      expect(session.SessionId).toMatch(/^tkn[a-z0-9]{25}$/);
      expect(session).toMatchObject({ SessionType: 'TOKEN', ClientId: clientId });
    }
    expect(await currentOf(one.accessToken)).not.toBe(await currentOf(other.accessToken));
    const listed = await adminList(email);
    expect(listed.map(({ IsCurrentSession }) => IsCurrentSession)).toEqual([false, false]);
    expect(listed.map(({ SessionId }) => SessionId).sort()).toEqual(
      sessions.map(({ SessionId }) => SessionId).sort(),
    );
  });

  it.each(['its owner', 'an administrator'])('one is ended by %s, with its tokens', async (by) => {
    const email = await somebody();
    const [one, other] = [await tokensOf(cognito, clientId, email), await tokensOf(cognito, clientId, email)];
    const SessionId = await currentOf(other.accessToken);
    const revoke = () =>
      by === 'its owner'
        ? cognito.sdk.send(new RevokeUserSessionCommand({ AccessToken: one.accessToken, SessionId }))
        : cognito.sdk.send(new AdminRevokeUserSessionCommand({ UserPoolId, Username: email, SessionId }));
    await revoke();
    await refused(other.accessToken);
    await expect(
      cognito.sdk.send(
        new GetTokensFromRefreshTokenCommand({ ClientId: clientId, RefreshToken: other.refreshToken }),
      ),
    ).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    expect(await sessionsOf(one.accessToken)).toHaveLength(1);
    await expect(revoke()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('nobody ends the session of their own token by it, nor one of somebody else', async () => {
    const mine = await tokensOf(cognito, clientId, await somebody());
    const theirs = await tokensOf(cognito, clientId, await somebody());
    const revoke = async (accessToken: string) =>
      cognito.sdk.send(
        new RevokeUserSessionCommand({
          AccessToken: mine.accessToken,
          SessionId: await currentOf(accessToken),
        }),
      );
    await expect(revoke(mine.accessToken)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(revoke(theirs.accessToken)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await sessionsOf(theirs.accessToken)).toHaveLength(1);
  });

  it('who has too many loses the one that was idle for longest', async () => {
    await track('ENABLED', 2);
    const email = await somebody();
    const first = await tokensOf(cognito, clientId, email);
    cognito.clock.advance(1_000);
    const second = await tokensOf(cognito, clientId, email);
    cognito.clock.advance(1_000);
    const third = await tokensOf(cognito, clientId, email);
    await refused(first.accessToken);
    expect(await sessionsOf(second.accessToken)).toHaveLength(2);
    expect(await currentOf(third.accessToken)).not.toBe('');
  });
});
