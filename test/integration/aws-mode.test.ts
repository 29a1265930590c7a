import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseConfig } from '../../src/config.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { runEmbedded, type RunningEmbedded } from '../../src/tools/run-embedded.js';
import type { UserType } from '../operations/generated.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { AUDIENCE, awsToken, presign } from '../support/presigned.js';
import { RunningApp } from '../support/running-app.js';

describe('the service in AWS mode, against the engines over HTTP', () => {
  let folder: string;
  let postgres: TestPostgres;
  let engines: RunningEmbedded;
  let app: RunningApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-engines-'));
    postgres = await createTestPostgres();
    engines = await runEmbedded(
      parseConfig({
        DATA_DIR: folder,
        DATABASE_URL: postgres.url,
        COGNITO_PORT: '0',
        AVP_PORT: '0',
        STS_PORT: '0',
      }),
      { logger: pino({ level: 'silent' }), clock: systemClock, randomness: systemRandomness },
    );
    const { pools, policyStoreId, region, cognitoUrl, verifiedPermissionsUrl, stsUrl = '' } = engines;
    const [service] = engines.seededServices.services;
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    app = await RunningApp.start({
      AWS_REGION: region,
      COGNITO_END_USER_POOL_ID: pools.END_USER.poolId,
      COGNITO_END_USER_CLIENT_ID: pools.END_USER.clientId,
      COGNITO_ADMIN_POOL_ID: pools.ADMIN.poolId,
      COGNITO_ADMIN_CLIENT_ID: pools.ADMIN.clientId,
      AVP_POLICY_STORE_ID: policyStoreId,
      COGNITO_ENDPOINT: cognitoUrl,
      AVP_ENDPOINT: verifiedPermissionsUrl,
      SERVICE_CLIENTS: `${service?.clientId}=orders`,
      SERVICE_ROLES: `${service?.arn}=orders`,
      SERVICE_AUDIENCE: AUDIENCE,
      STS_ENDPOINT: stsUrl,
    });
  });
  afterAll(async () => {
    await app.stop();
    await engines.close();
    await postgres.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const signIn = async (email: string) => {
    const credentials = await readFile(join(folder, 'embedded', 'seed-credentials'), 'utf8');
    const [, password = '', userType = ''] =
      credentials
        .split('\n')
        .map((line) => line.split(' '))
        .find(([name]) => name === email) ?? [];
    return app.signIn(email, { password, userType: userType as UserType });
  };

  it('knows services by their tokens and by what they sign, over the wire', async () => {
    const credentials = await readFile(join(folder, 'embedded', 'service-credentials'), 'utf8');
    const [, id, secret, accessKeyId = '', secretAccessKey = ''] = credentials.trim().split(' ');
    const response = await fetch(`${engines.cognitoUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const sign = async (audience: string) =>
      awsToken(
        await presign({
          key: { accessKeyId, secretAccessKey },
          signingDate: systemClock.now(),
          origin: engines.stsUrl ?? '',
          audience,
        }),
      );
    const ask = (credential: string) =>
      app.ask(
        '{ decision(check: { action: "listUsers", resource: { type: "Application", id: "portcullis" } }) { principal { type id } } }',
        { token: credential },
      );
    const orders = { decision: { principal: { type: 'Identity::Service', id: 'orders' } } };
    expect((await ask(token)).data).toEqual(orders);
    expect((await ask(await sign(AUDIENCE))).data).toEqual(orders);
    expect((await ask(await sign('elsewhere.test'))).faults).toEqual(['UNAUTHENTICATED at decision']);
  });

  it('signs in, lists, decides and explains', async () => {
    const { accessToken } = await signIn('admin@example.com');
    const { data, errors } = await app.ask<{ users: { nodes: { email: string }[] } }>(
      `{
        me { email roles }
        users { nodes { email can(action: "updateUser") { allowed determiningPolicies { id } } } }
      }`,
      { token: accessToken },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ me: { email: 'admin@example.com', roles: ['administrator'] } });
    expect(data.users.nodes).toHaveLength(5);
    expect(data.users.nodes[0]).toMatchObject({
      can: { allowed: true, determiningPolicies: [{ id: 'administrators-administer' }] },
    });
  });

  it('refreshes and signs out', async () => {
    const alice = await signIn('alice@example.com');
    const { data } = await app.ask<{ refreshTokens: { accessToken: string } }>(
      'mutation ($t: String!) { refreshTokens(refreshToken: $t) { accessToken } }',
      { variables: { t: alice.refreshToken } },
    );
    const token = data.refreshTokens.accessToken;
    expect((await app.ask('mutation { logout(everywhere: true) }', { token })).data).toEqual({
      logout: true,
    });
    expect((await app.ask('{ me { id } }', { token })).faults).toEqual(['UNAUTHENTICATED at me']);
  });

  it('has no mailbox of its own', async () => {
    expect(await app.mailbox()).toEqual([]);
  });
});
