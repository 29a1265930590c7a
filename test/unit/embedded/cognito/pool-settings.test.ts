import {
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPoolStore } from '../../../../src/embedded/cognito/pool-store.js';
import { makeClient, openEmbeddedCognito, type EmbeddedCognito } from '../../../support/embedded-cognito.js';
import { ALL_FACTORS, configureMfa, SMS_CONFIGURATION } from '../../../support/embedded-mfa.js';

let cognito: EmbeddedCognito;
beforeAll(async () => {
  cognito = await openEmbeddedCognito();
});
afterAll(() => cognito.close());

const create = async (settings: Partial<CreateUserPoolCommand['input']> = {}) => {
  const command = new CreateUserPoolCommand({ PoolName: 'people', ...settings });
  return (await cognito.sdk.send(command)).UserPool?.Id ?? '';
};

const mfaOf = async (UserPoolId: string) => {
  const { $metadata, ...config } = await cognito.sdk.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
  expect($metadata.httpStatusCode).toBe(200);
  return config;
};

const poolOf = async (UserPoolId: string) =>
  (await cognito.sdk.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool;

describe('the second factors of a pool', () => {
  it('are none at first', async () => {
    const poolId = await create();
    expect((await poolOf(poolId))?.MfaConfiguration).toBe('OFF');
    expect(await mfaOf(poolId)).toEqual({
      MfaConfiguration: 'OFF',
      SoftwareTokenMfaConfiguration: { Enabled: false },
    });
  });

  it('are chosen by SetUserPoolMfaConfig, and what it leaves out is off', async () => {
    const poolId = await create();
    await configureMfa(cognito, poolId, { MfaConfiguration: 'OPTIONAL', ...ALL_FACTORS });
    expect(await mfaOf(poolId)).toEqual({ MfaConfiguration: 'OPTIONAL', ...ALL_FACTORS });
    expect(await poolOf(poolId)).toMatchObject({
      MfaConfiguration: 'OPTIONAL',
      SmsConfiguration: SMS_CONFIGURATION,
    });
    expect(await poolOf(poolId)).not.toHaveProperty('SoftwareTokenMfaConfiguration');

    await configureMfa(cognito, poolId, { MfaConfiguration: 'ON', EmailMfaConfiguration: {} });
    expect(await mfaOf(poolId)).toEqual({
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: false },
      EmailMfaConfiguration: {},
    });
  });

  it('come with CreateUserPool where text messages are configured, and not without', async () => {
    const poolId = await create({ MfaConfiguration: 'ON', SmsConfiguration: SMS_CONFIGURATION });
    expect(await mfaOf(poolId)).toMatchObject({
      MfaConfiguration: 'ON',
      SmsMfaConfiguration: { SmsConfiguration: SMS_CONFIGURATION },
    });
    for (const MfaConfiguration of ['ON', 'OPTIONAL'] as const) {
      await expect(create({ MfaConfiguration })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });

  it('are not chosen against each other', async () => {
    const poolId = await create();
    for (const config of [
      { MfaConfiguration: 'ON' as const },
      { MfaConfiguration: 'OPTIONAL' as const, SoftwareTokenMfaConfiguration: { Enabled: false } },
      { MfaConfiguration: 'OFF' as const, SoftwareTokenMfaConfiguration: { Enabled: true } },
      { MfaConfiguration: 'ON' as const, SmsMfaConfiguration: {} },
      { MfaConfiguration: 'ON' as const, EmailMfaConfiguration: { Message: 'No code in here.' } },
    ]) {
      await expect(configureMfa(cognito, poolId, config)).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
    expect((await mfaOf(poolId)).MfaConfiguration).toBe('OFF');
  });
});

describe('UpdateUserPool', () => {
  it('puts what is left out back to its default, and leaves alone how people are named', async () => {
    const poolId = await create({
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      Schema: [{ Name: 'given_name', Required: true }],
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
    });
    await configureMfa(cognito, poolId, {
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    const made = await poolOf(poolId);
    cognito.clock.advance(1_000);
    await cognito.sdk.send(
      new UpdateUserPoolCommand({ UserPoolId: poolId, MfaConfiguration: 'OPTIONAL', PoolName: 'renamed' }),
    );
    const updated = await poolOf(poolId);
    expect(updated).toMatchObject({
      Name: 'renamed',
      UsernameAttributes: ['email'],
      SchemaAttributes: made?.SchemaAttributes,
      AutoVerifiedAttributes: [],
      Policies: { PasswordPolicy: { MinimumLength: 8 } },
      MfaConfiguration: 'OPTIONAL',
      CreationDate: made?.CreationDate,
    });
    expect(updated?.LastModifiedDate).not.toEqual(made?.LastModifiedDate);
    expect((await mfaOf(poolId)).SoftwareTokenMfaConfiguration).toEqual({ Enabled: true });
  });

  it('turns MFA off where it is not told otherwise, and on only where there is a factor', async () => {
    const poolId = await create();
    await expect(
      cognito.sdk.send(new UpdateUserPoolCommand({ UserPoolId: poolId, MfaConfiguration: 'ON' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await configureMfa(cognito, poolId, { MfaConfiguration: 'ON', EmailMfaConfiguration: {} });
    await cognito.sdk.send(new UpdateUserPoolCommand({ UserPoolId: poolId }));
    expect((await poolOf(poolId))?.MfaConfiguration).toBe('OFF');
  });

  it('is seen by other instances within five seconds, and by its own at once', async () => {
    const poolId = await create({ Policies: { PasswordPolicy: { MinimumLength: 20 } } });
    const elsewhere = createPoolStore(cognito);
    const lengthElsewhere = async () =>
      (await elsewhere.get(poolId)).settings.Policies.PasswordPolicy.MinimumLength;
    expect(await lengthElsewhere()).toBe(20);
    await cognito.sdk.send(new UpdateUserPoolCommand({ UserPoolId: poolId }));
    expect((await poolOf(poolId))?.Policies?.PasswordPolicy?.MinimumLength).toBe(8);
    cognito.clock.advance(5_000);
    expect(await lengthElsewhere()).toBe(8);
  });

  it('knows no pool that is not there', async () => {
    await expect(
      cognito.sdk.send(new UpdateUserPoolCommand({ UserPoolId: 'eu-west-1_nothing' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('UpdateUserPoolClient', () => {
  it('puts what is left out back to its default, and keeps name and secret', async () => {
    const UserPoolId = await create();
    const { id: ClientId, secret } = await makeClient(cognito, UserPoolId, {
      GenerateSecret: true,
      AuthSessionValidity: 10,
      AccessTokenValidity: 2,
    });
    const describeClient = async () =>
      (await cognito.sdk.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient;
    expect(await describeClient()).toMatchObject({ AuthSessionValidity: 10, AccessTokenValidity: 2 });
    const { UserPoolClient } = await cognito.sdk.send(
      new UpdateUserPoolClientCommand({ UserPoolId, ClientId, AuthSessionValidity: 5 }),
    );
    expect(await describeClient()).toEqual(UserPoolClient);
    expect(UserPoolClient).toMatchObject({ ClientName: 'web', ClientSecret: secret, AuthSessionValidity: 5 });
    expect(UserPoolClient).not.toHaveProperty('AccessTokenValidity');
    const elsewhere = await create();
    await expect(
      cognito.sdk.send(new UpdateUserPoolClientCommand({ UserPoolId: elsewhere, ClientId })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('lets a Session live three minutes by default, fifteen at most', async () => {
    const UserPoolId = await create();
    for (const AuthSessionValidity of [2, 16]) {
      await expect(makeClient(cognito, UserPoolId, { AuthSessionValidity })).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
    const { id: ClientId } = await makeClient(cognito, UserPoolId);
    const { UserPoolClient } = await cognito.sdk.send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    expect(UserPoolClient?.AuthSessionValidity).toBe(3);
  });
});
