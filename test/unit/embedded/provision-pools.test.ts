import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { provisionPool } from '../../../src/embedded/provision-pools.js';
import type { Database } from '../../../src/services/database/database.js';
import { openTestDatabase } from '../../support/database.js';
import { cutShortAfter, embeddedClients, forgetProvisioned } from '../../support/embedded-clients.js';
import type { EmbeddedClients } from '../../support/embedded-clients.js';

const MFA = { adminMfa: 'required', textMessages: false } as const;

let database: Database;
let clients: EmbeddedClients;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

beforeEach(async () => {
  await forgetProvisioned(database);
  clients = embeddedClients(database);
});

const groupsOf = async (poolId: string) => {
  const { Groups = [] } = await clients.cognito.send(new ListGroupsCommand({ UserPoolId: poolId }));
  return Groups.map(({ GroupName }) => GroupName).sort();
};

const mfaOf = async (poolId: string) => {
  const { $metadata, ...config } = await clients.cognito.send(
    new GetUserPoolMfaConfigCommand({ UserPoolId: poolId }),
  );
  expect($metadata.httpStatusCode).toBe(200);
  return config;
};

const poolCount = async () =>
  (await clients.cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools?.length;

describe('provisionPool', () => {
  it("makes the administrators' pool, into which nobody signs up", async () => {
    const { poolId, clientId } = await provisionPool(clients.cognito, 'ADMIN', MFA);
    const { UserPool } = await clients.cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
    expect(UserPool).toMatchObject({
      Name: 'portcullis-administrators',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          TemporaryPasswordValidityDays: 7,
          PasswordHistorySize: 5,
        },
      },
    });
    const { UserPoolClient } = await clients.cognito.send(
      new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }),
    );
    expect(UserPoolClient).toMatchObject({
      ClientName: 'portcullis',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      AccessTokenValidity: 900,
      IdTokenValidity: 900,
      RefreshTokenValidity: 604_800,
      TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(UserPoolClient).not.toHaveProperty('ClientSecret');
    expect(await groupsOf(poolId)).toEqual(['administrator', 'auditor']);
  });

  it('gives the client of an earlier start the lifetimes of today', async () => {
    const { poolId, clientId } = await provisionPool(clients.cognito, 'END_USER', MFA);
    const today = { accessTokenLifetimeMs: 600_000, refreshTokenLifetimeMs: 7_200_000 };
    expect((await provisionPool(clients.cognito, 'END_USER', MFA, today)).clientId).toBe(clientId);
    const { UserPoolClient } = await clients.cognito.send(
      new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }),
    );
    expect(UserPoolClient).toMatchObject({
      ClientName: 'portcullis',
      AccessTokenValidity: 600,
      IdTokenValidity: 600,
      RefreshTokenValidity: 7_200,
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
    });
  });

  it("makes the end users' pool, into which people sign up", async () => {
    const { poolId } = await provisionPool(clients.cognito, 'END_USER', MFA);
    const { UserPool } = await clients.cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
    expect(UserPool).toMatchObject({
      Name: 'portcullis-end-users',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    });
    expect(await groupsOf(poolId)).toEqual(['member']);
  });

  it.each([
    ['required', 'ON'],
    ['optional', 'OPTIONAL'],
  ] as const)('lets administrators have an authenticator, which is %s', async (adminMfa, expected) => {
    const { poolId } = await provisionPool(clients.cognito, 'ADMIN', { ...MFA, adminMfa });
    expect(await mfaOf(poolId)).toEqual({
      MfaConfiguration: expected,
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
  });

  it('lets end users choose any second factor, text messages where something carries them', async () => {
    const factors = {
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
      EmailMfaConfiguration: {},
    };
    const { poolId } = await provisionPool(clients.cognito, 'END_USER', MFA);
    expect(await mfaOf(poolId)).toEqual(factors);
    await provisionPool(clients.cognito, 'END_USER', { ...MFA, textMessages: true });
    expect(await mfaOf(poolId)).toEqual({
      ...factors,
      SmsMfaConfiguration: { SmsConfiguration: expect.any(Object) as object },
    });
  });

  it('brings a pool of earlier days up to date', async () => {
    const { poolId } = await provisionPool(clients.cognito, 'ADMIN', MFA);
    await clients.cognito.send(
      new SetUserPoolMfaConfigCommand({ UserPoolId: poolId, MfaConfiguration: 'OFF' }),
    );
    await clients.cognito.send(new UpdateUserPoolCommand({ UserPoolId: poolId }));
    expect((await provisionPool(clients.cognito, 'ADMIN', MFA)).poolId).toBe(poolId);
    expect((await mfaOf(poolId)).MfaConfiguration).toBe('ON');
    const { UserPool } = await clients.cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
    expect(UserPool).toMatchObject({
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: { MinimumLength: 12, PasswordHistorySize: 5 } },
    });
  });

  it('asks for a second factor all the while a pool is brought up to date', async () => {
    const { poolId } = await provisionPool(clients.cognito, 'ADMIN', MFA);
    clients.cognitoCalls.disturb(({ operation }) =>
      operation === 'SetUserPoolMfaConfig'
        ? { kind: 'exception', name: 'InternalErrorException', statusCode: 500 }
        : undefined,
    );
    await provisionPool(clients.cognito, 'ADMIN', MFA).catch(() => undefined);
    clients.cognitoCalls.disturb(() => undefined);
    expect((await mfaOf(poolId)).MfaConfiguration).toBe('ON');
  });

  it('finds again what it made', async () => {
    const first = await provisionPool(clients.cognito, 'ADMIN', MFA);
    expect(await provisionPool(clients.cognito, 'ADMIN', MFA)).toEqual(first);
    expect(await poolCount()).toBe(1);
  });

  it('may be cut short anywhere, and ends the work at the next run', async () => {
    let finished = false;
    for (let calls = 0; !finished; calls += 1) {
      await forgetProvisioned(database);
      cutShortAfter(clients.cognitoCalls, calls);
      finished = await provisionPool(clients.cognito, 'ADMIN', MFA).then(
        () => true,
        () => false,
      );
      clients.cognitoCalls.disturb(() => undefined);

      const { poolId } = await provisionPool(clients.cognito, 'ADMIN', MFA);
      expect(await groupsOf(poolId)).toEqual(['administrator', 'auditor']);
      expect(await poolCount()).toBe(1);
    }
  });
});
