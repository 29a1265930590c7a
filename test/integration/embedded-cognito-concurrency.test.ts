import {
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminGetUserCommand,
  ConfirmSignUpCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../../src/services/database/open-database.js';
import {
  embedCognito,
  makeClient,
  makePool,
  makeUser,
  PASSWORD,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';

/** PGlite does one thing at a time; only a server shows what two at once do to each other. */
describe('on a PostgreSQL server', () => {
  let postgres: TestPostgres;
  let cognito: EmbeddedCognito;
  let poolId: string;
  let clientId: string;

  beforeAll(async () => {
    postgres = await createTestPostgres();
    const logger = pino({ level: 'silent' });
    cognito = embedCognito(await openDatabase({ url: postgres.url }, { logger }));
    poolId = await makePool(cognito);
    clientId = (
      await makeClient(cognito, poolId, {
        RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
      })
    ).id;
  });
  afterAll(async () => {
    await cognito.close();
    await postgres.drop();
  });

  const atOnce = async (times: number, work: (index: number) => Promise<unknown>) => {
    const answers = await Promise.allSettled(Array.from({ length: times }, (_, index) => work(index)));
    return {
      done: answers.filter(({ status }) => status === 'fulfilled').length,
      refusals: answers.flatMap((answer) =>
        answer.status === 'rejected' ? [(answer.reason as Error).name] : [],
      ),
    };
  };

  it('one of many sign-ups with one address wins, and one confirmation of it', async () => {
    const Username = 'contested@example.com';
    const signUps = await atOnce(6, () =>
      cognito.sdk.send(new SignUpCommand({ ClientId: clientId, Username, Password: PASSWORD })),
    );
    expect(signUps).toEqual({ done: 1, refusals: Array<string>(5).fill('UsernameExistsException') });
    const ConfirmationCode = (await cognito.lastCode(Username)) ?? '';
    const confirmations = await atOnce(4, () =>
      cognito.sdk.send(new ConfirmSignUpCommand({ ClientId: clientId, Username, ConfirmationCode })),
    );
    expect(confirmations.done).toBe(1);
  });

  it('a code stands five wrong tries, however many come at once', async () => {
    const Username = 'guessed@example.com';
    await cognito.sdk.send(new SignUpCommand({ ClientId: clientId, Username, Password: PASSWORD }));
    const { refusals } = await atOnce(12, () =>
      cognito.sdk.send(new ConfirmSignUpCommand({ ClientId: clientId, Username, ConfirmationCode: 'wrong' })),
    );
    expect(refusals.filter((name) => name === 'CodeMismatchException')).toHaveLength(5);
    expect(refusals.filter((name) => name === 'TooManyFailedAttemptsException')).toHaveLength(7);
  });

  it('one of many exchanges of a refresh token wins', async () => {
    await makeUser(cognito, poolId, 'rotating@example.com');
    const { refreshToken } = await tokensOf(cognito, clientId, 'rotating@example.com');
    const { done } = await atOnce(5, () =>
      cognito.sdk.send(
        new GetTokensFromRefreshTokenCommand({ ClientId: clientId, RefreshToken: refreshToken }),
      ),
    );
    expect(done).toBe(1);
  });

  it('changes of different attributes do not undo each other', async () => {
    const Username = await makeUser(cognito, poolId, 'edited@example.com');
    const names = ['given_name', 'family_name', 'nickname', 'locale', 'website'];
    await atOnce(names.length, (index) =>
      cognito.sdk.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: poolId,
          Username,
          UserAttributes: [{ Name: names[index], Value: 'changed' }],
        }),
      ),
    );
    const { UserAttributes } = await cognito.sdk.send(
      new AdminGetUserCommand({ UserPoolId: poolId, Username }),
    );
    expect(UserAttributes?.map(({ Name }) => Name)).toEqual(expect.arrayContaining(names));
  });

  it('no sign-in outlives a disabling that came at the same time', async () => {
    const Username = await makeUser(cognito, poolId, 'leaving@example.com');
    const [, ...signIns] = await Promise.allSettled([
      cognito.sdk.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username })),
      ...Array.from({ length: 4 }, () => signIn(cognito, clientId, Username)),
    ]);
    for (const answer of signIns) {
      if (answer.status === 'rejected') continue;
      const AccessToken = answer.value.AuthenticationResult?.AccessToken;
      await expect(cognito.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
        name: 'NotAuthorizedException',
      });
    }
  });
});
