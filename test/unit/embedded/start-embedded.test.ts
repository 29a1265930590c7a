import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  InitiateAuthCommand,
  SetUserPoolMfaConfigCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';
import { expect, it } from 'vitest';

import { startEmbedded } from '../../../src/embedded/start-embedded.js';
import { systemClock } from '../../../src/services/clock.js';
import { outbox } from '../../../src/services/database/schema/embedded-cognito.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { openTestDatabase } from '../../support/database.js';
import { SMS_CONFIGURATION } from '../../support/embedded-mfa.js';

it('who signs up does not wait for a mail server that stalls, and the message is kept', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-start-'));
  const database = await openTestDatabase();
  // It takes connections and says nothing.
  const stalled = createServer();
  await new Promise<void>((resolve) => stalled.listen(0, '127.0.0.1', resolve));
  const { port } = stalled.address() as AddressInfo;
  const connection = once(stalled, 'connection') as Promise<[Socket]>;

  const embedded = await startEmbedded({
    database,
    clock: systemClock,
    randomness: systemRandomness,
    logger: pino({ level: 'silent' }),
    policiesDir: 'policies',
    dataDir,
    seedAdmin: { email: 'admin@example.com' },
    development: false,
    isShared: false,
    adminMfa: 'required',
    smtp: { url: `smtp://127.0.0.1:${port}`, from: 'no-reply@example.com' },
  });
  const { clientId: ClientId } = embedded.pools.END_USER;
  const newcomer = { Username: 'new@example.com', Password: 'Correct-horse-7' };
  await embedded.cognito.send(new SignUpCommand({ ClientId, ...newcomer }));
  expect(await database.db.select().from(outbox)).toMatchObject([
    { recipient: newcomer.Username, kind: 'CONFIRMATION' },
  ]);

  // A mail server carries no text messages, so nobody can choose them.
  await expect(
    embedded.cognito.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: embedded.pools.END_USER.poolId,
        MfaConfiguration: 'OPTIONAL',
        SmsMfaConfiguration: { SmsConfiguration: SMS_CONFIGURATION },
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidSmsRoleAccessPolicyException' });

  const [socket] = await connection;
  // Before the connection ends, after which the mailer would come back and be waited for.
  stalled.close();
  socket.destroy();
  await embedded.close();
  await database.close();
  await rm(dataDir, { recursive: true });
});

it('brings the pools of an earlier start up to date, and the first administrator sets up a second factor', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-start-'));
  const database = await openTestDatabase();
  const seedAdmin = { email: 'admin@example.com', password: 'Correct-horse-7' };
  const signIn = async (adminMfa: 'required' | 'optional') => {
    const embedded = await startEmbedded({
      database,
      clock: systemClock,
      randomness: systemRandomness,
      logger: pino({ level: 'silent' }),
      policiesDir: 'policies',
      dataDir,
      seedAdmin,
      adminMfa,
      development: false,
      isShared: false,
    });
    const answer = await embedded.cognito.send(
      new InitiateAuthCommand({
        ClientId: embedded.pools.ADMIN.clientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: seedAdmin.email, PASSWORD: seedAdmin.password },
      }),
    );
    await embedded.close();
    return answer;
  };
  expect((await signIn('optional')).AuthenticationResult).toBeDefined();
  expect(await signIn('required')).toMatchObject({
    ChallengeName: 'MFA_SETUP',
    ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
  });
  expect((await signIn('optional')).AuthenticationResult).toBeDefined();
  await database.close();
  await rm(dataDir, { recursive: true });
});
