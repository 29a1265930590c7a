import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type CreateUserPoolClientCommandInput,
  type CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import pino from 'pino';

import { inProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { createCognitoEngine, type CognitoEngine } from '../../src/embedded/cognito/index.js';
import { createMailboxMailer, listMessages } from '../../src/embedded/cognito/mailbox-mailer.js';
import type { Mailer } from '../../src/embedded/cognito/mailer.js';
import type { Database, Db } from '../../src/services/database/database.js';
import { hashCheaply } from './cheap-passwords.js';
import { openTestDatabase } from './database.js';
import { FakeClock } from './fake-clock.js';
import { testRandomness } from './test-randomness.js';

export const REGION = 'eu-west-1';
export const PASSWORD = 'Correct-horse-7';

export interface EmbeddedCognito {
  readonly sdk: CognitoIdentityProviderClient;
  readonly engine: CognitoEngine;
  readonly db: Db;
  readonly clock: FakeClock;
  /** Deliveries fail while this is set. */
  readonly mail: { isBroken: boolean };
  /** The code of the latest message to an address. */
  lastCode(to: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The engine on an empty database in memory, behind the real SDK client. */
export const openEmbeddedCognito = async (): Promise<EmbeddedCognito> =>
  embedCognito(await openTestDatabase());

/** The engine with a pool in it and a client of that pool. */
export async function openCognitoWithPool() {
  const cognito = await openEmbeddedCognito();
  const poolId = await makePool(cognito);
  const { id: clientId } = await makeClient(cognito, poolId);
  return { cognito, poolId, clientId };
}

/** The engine on a given database, which closes with it. */
export function embedCognito(database: Database): EmbeddedCognito {
  const { db } = database;
  const clock = new FakeClock();
  const mail = { isBroken: false };
  const kept = createMailboxMailer({ db, clock });
  const mailer: Mailer = {
    async deliver(message) {
      if (mail.isBroken) throw new Error('No route to the mail server.');
      await kept.deliver(message);
    },
  };
  const logger = pino({ level: 'silent' });
  const engine = createCognitoEngine({
    db,
    clock,
    randomness: testRandomness,
    hashPassword: hashCheaply,
    logger,
    mailer,
    texts: mailer,
    region: REGION,
  });
  const sdk = new CognitoIdentityProviderClient({
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: inProcessRequestHandler(engine.service),
  });
  return {
    sdk,
    engine,
    db,
    clock,
    mail,
    lastCode: async (to) => (await listMessages(db, 1_000)).find((message) => message.to === to)?.code,
    close: () => database.close(),
  };
}

/** A pool in which people sign in with email addresses, unless told otherwise. */
export async function makePool(
  { sdk }: EmbeddedCognito,
  settings: Partial<CreateUserPoolCommandInput> = {},
): Promise<string> {
  const { UserPool } = await sdk.send(
    new CreateUserPoolCommand({
      PoolName: 'people',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      ...settings,
    }),
  );
  return UserPool?.Id ?? '';
}

/** A client that allows passwords and, unless it rotates them, refresh tokens; or what it is told to. */
export async function makeClient(
  { sdk }: EmbeddedCognito,
  UserPoolId: string,
  settings: Partial<CreateUserPoolClientCommandInput> = {},
): Promise<{ id: string; secret: string }> {
  const rotates = settings.RefreshTokenRotation?.Feature === 'ENABLED';
  const { UserPoolClient } = await sdk.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'web',
      ExplicitAuthFlows: [
        'ALLOW_USER_PASSWORD_AUTH',
        ...(rotates ? [] : ['ALLOW_REFRESH_TOKEN_AUTH' as const]),
      ],
      ...settings,
    }),
  );
  return { id: UserPoolClient?.ClientId ?? '', secret: UserPoolClient?.ClientSecret ?? '' };
}

/** Somebody confirmed, with PASSWORD. @returns the `sub` */
export async function makeUser(
  { sdk }: EmbeddedCognito,
  UserPoolId: string,
  email: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { User } = await sdk.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: email,
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
        ...Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      ],
      MessageAction: 'SUPPRESS',
    }),
  );
  await sdk.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password: PASSWORD, Permanent: true }),
  );
  return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
}

export const signIn = ({ sdk }: EmbeddedCognito, ClientId: string, username: string, password = PASSWORD) =>
  sdk.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  );

/** The tokens of a sign-in that must succeed. */
export async function tokensOf(cognito: EmbeddedCognito, clientId: string, username: string) {
  const { AuthenticationResult } = await signIn(cognito, clientId, username);
  return {
    accessToken: AuthenticationResult?.AccessToken ?? '',
    idToken: AuthenticationResult?.IdToken ?? '',
    refreshToken: AuthenticationResult?.RefreshToken ?? '',
  };
}
