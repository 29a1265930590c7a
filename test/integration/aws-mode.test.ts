import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseConfig } from '../../src/config.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { runEmbedded, type RunningEmbedded } from '../../src/tools/run-embedded.js';
import type { UserType } from '../operations/generated.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
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
      parseConfig({ DATA_DIR: folder, DATABASE_URL: postgres.url, COGNITO_PORT: '0', AVP_PORT: '0', STS_PORT: '0' }),
      { logger: pino({ level: 'silent' }), clock: systemClock, randomness: systemRandomness },
    );
    const { pools, policyStoreId, region, cognitoUrl, verifiedPermissionsUrl } = engines;
    process.env.AWS_ACCESS_KEY_ID = 'local';
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
    app = await RunningApp.start({
      AWS_REGION: region,
      COGNITO_END_USER_POOL_ID: pools.END_USER.poolId,
      COGNITO_END_USER_CLIENT_ID: pools.END_USER.clientId,
      COGNITO_ADMIN_POOL_ID: pools.ADMIN.poolId,
      COGNITO_ADMIN_CLIENT_ID: pools.ADMIN.clientId,
      AVP_POLICY_STORE_ID: policyStoreId,
      COGNITO_ENDPOINT: cognitoUrl,
      AVP_ENDPOINT: verifiedPermissionsUrl,
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
