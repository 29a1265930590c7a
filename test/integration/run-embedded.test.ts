import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ListPoliciesCommand, VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseConfig } from '../../src/config.js';
import { readCredentials } from '../../src/embedded/seed-credentials.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { embeddedBanner } from '../../src/tools/embedded-banner.js';
import { runEmbedded } from '../../src/tools/run-embedded.js';
import type { RunningEmbedded } from '../../src/tools/run-embedded.js';
import { openTestDatabase } from '../support/database.js';

let dataDir: string;
let database: Database;
let running: RunningEmbedded;
/** What the banner tells the operator to give the service. */
let environment: Record<string, string>;

const run = (cognitoPort: string, openDatabase: () => Promise<Database>) =>
  runEmbedded(parseConfig({ DATA_DIR: dataDir, COGNITO_PORT: cognitoPort, AVP_PORT: '0', STS_PORT: '0' }), {
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    randomness: systemRandomness,
    openDatabase,
  });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'portcullis-embedded-'));
  database = await openTestDatabase();
  running = await run('0', async () => database);
  const text = embeddedBanner({ ...running, startedInMs: 1, development: true });
  environment = Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
});

afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true });
});

/** The status and body of a GET; unlike fetch, it may name any Host. */
const get = (url: string, host: string) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

describe('the embedded engines by themselves', () => {
  it('print the environment of a service that uses them', () => {
    const { identity } = parseConfig(environment);
    expect(identity).toMatchObject({
      mode: 'aws',
      region: running.region,
      pools: running.pools,
      policyStoreId: running.policyStoreId,
      cognitoEndpoint: running.cognitoUrl,
      avpEndpoint: running.verifiedPermissionsUrl,
      services: {
        clients: new Map([[running.seededServices.services[0]?.clientId, 'demonstration']]),
        iam: {
          roles: new Map([['arn:aws:iam::000000000000:user/demonstration', 'demonstration']]),
          audience: 'portcullis',
          stsEndpoint: running.stsUrl,
        },
      },
    });
  });

  it('answer the SDK over HTTP, and know the people of their own seed-credentials', async () => {
    const client = {
      region: running.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    const cognito = new CognitoIdentityProviderClient({ ...client, endpoint: running.cognitoUrl });
    const [admin] = await readCredentials(join(dataDir, 'embedded', 'seed-credentials'));
    const { AuthenticationResult } = await cognito.send(
      new InitiateAuthCommand({
        ClientId: running.pools.ADMIN.clientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: admin?.email ?? '', PASSWORD: admin?.password ?? '' },
      }),
    );
    expect(AuthenticationResult?.AccessToken).toBeTruthy();

    const avp = new VerifiedPermissionsClient({ ...client, endpoint: running.verifiedPermissionsUrl });
    const { policies } = await avp.send(new ListPoliciesCommand({ policyStoreId: running.policyStoreId }));
    expect(policies?.length).toBeGreaterThan(0);
    cognito.destroy();
    avp.destroy();
  });

  it('show their mail to this machine alone', async () => {
    const cognito = new CognitoIdentityProviderClient({
      region: running.region,
      endpoint: running.cognitoUrl,
    });
    const Username = 'newcomer@example.com';
    const { clientId: ClientId } = running.pools.END_USER;
    await cognito.send(new SignUpCommand({ ClientId, Username, Password: 'Correct-horse-7' }));
    cognito.destroy();

    const url = `${running.cognitoUrl}/dev/mailbox`;
    const mailbox = await get(url, 'localhost');
    expect(JSON.parse(mailbox.body)).toMatchObject([
      { to: Username, kind: 'CONFIRMATION', code: expect.stringMatching(/^\d{6}$/) as string },
    ]);
    expect(await get(`${running.verifiedPermissionsUrl}/dev/mailbox`, 'localhost')).toMatchObject({
      status: 404,
    });
  });

  it('answer nothing that is asked of a name that is not this machine’s', async () => {
    for (const url of [running.cognitoUrl, running.verifiedPermissionsUrl]) {
      const { port } = new URL(url);
      const refused = await get(`${url}/dev/mailbox`, `rebound.example:${port}`);
      expect(refused).toMatchObject({
        status: 403,
        body: expect.stringContaining('Only this machine is answered') as string,
      });
      expect((await get(url, `localhost:${port}`)).status).toBe(404);
    }
  });

  it('do not start on a port that is taken, and say which', async () => {
    const { port } = new URL(running.cognitoUrl);
    const taken = run(port, async () => ({ ...database, close: async () => {} }));
    await expect(taken).rejects.toThrow(port);
  });
});
