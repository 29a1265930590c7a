import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  challenges,
  codes,
  refreshFamilies,
  refreshTokens,
} from '../../../../src/services/database/schema/embedded-cognito.js';
import { AdminCreateUserCommand, SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  makeClient,
  makePool,
  makeUser,
  openEmbeddedCognito,
  PASSWORD,
  signIn,
  type EmbeddedCognito,
} from '../../../support/embedded-cognito.js';

const DAY = 86_400_000;

let cognito: EmbeddedCognito;
beforeAll(async () => {
  cognito = await openEmbeddedCognito();
});
afterAll(() => cognito.close());

it('deletes what has expired when somebody else signs in, however long those it belongs to stay away', async () => {
  const { sdk, db, clock } = cognito;
  const UserPoolId = await makePool(cognito);
  const { id: ClientId } = await makeClient(cognito, UserPoolId);
  for (const name of ['early', 'late']) await makeUser(cognito, UserPoolId, `${name}@example.com`);
  await signIn(cognito, ClientId, 'early@example.com');
  await sdk.send(new SignUpCommand({ ClientId, Username: 'new@example.com', Password: PASSWORD }));
  const invited = { UserPoolId, Username: 'invited@example.com', TemporaryPassword: PASSWORD };
  await sdk.send(new AdminCreateUserCommand(invited));
  await signIn(cognito, ClientId, invited.Username);
  const counts = () =>
    Promise.all([codes, challenges, refreshFamilies, refreshTokens].map((table) => db.$count(table)));
  expect(await counts()).toEqual([1, 1, 1, 1]);

  // Refresh tokens live for 30 days here, and their families for a day more.
  clock.advance(30 * DAY + 1);
  await signIn(cognito, ClientId, 'late@example.com');
  expect(await counts()).toEqual([0, 0, 2, 2]);
  clock.advance(DAY);
  await signIn(cognito, ClientId, 'late@example.com');
  expect(await counts()).toEqual([0, 0, 2, 2]);
});
