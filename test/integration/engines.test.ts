import { CreatePolicyCommand, DeletePolicyCommand } from '@aws-sdk/client-verifiedpermissions';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp } from '../support/running-app.js';

const TOKEN = 'a-token-for-metrics-of-32-characters';
const ADMIN = 'admin@example.com';
const LIST = '{ users(first: 1) { edges { node { id } } } }';

const FORBID = `@id("nobody-lists") forbid (principal, action == Identity::Action::"listUsers", resource);`;

async function readiness(app: RunningApp) {
  const response = await fetch(`${app.url}/readyz`);
  return { status: response.status, body: (await response.json()) as unknown };
}

const metrics = async (app: RunningApp) => (await fetch(`${app.url}/metrics`)).text();

describe.each([
  ['avp', { AUTHORIZATION_ENGINE: 'avp' }],
  ['local', { AUTHORIZATION_ENGINE: 'local' }],
  ['shadow', { AUTHORIZATION_ENGINE: 'shadow' }],
  ['shadow', { AUTHORIZATION_ENGINE: 'shadow', SHADOW_ANSWERS: 'local' }],
])('the engine %s', (_engine, env: Record<string, string>) => {
  let app: RunningApp;
  let token: string;
  beforeAll(async () => {
    app = await RunningApp.start(env);
    token = (await app.signIn(ADMIN)).accessToken;
  });
  afterAll(() => app.stop());

  it('decides, and goes by what is written to the policy store', async () => {
    const faults = async () => (await app.ask(LIST, { token })).faults;
    expect(await faults()).toEqual([]);
    const { verifiedPermissions, policyStoreId } = app.app.embedded!;
    const definition = { static: { statement: FORBID } };
    const { policyId } = await verifiedPermissions.send(
      new CreatePolicyCommand({ policyStoreId, definition }),
    );
    await expect.poll(faults).toEqual(['FORBIDDEN at users']);
    await verifiedPermissions.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    await expect.poll(faults).toEqual([]);
    expect((await readiness(app)).status).toBe(200);
  });
});

describe('two engines', () => {
  it.each([{}, { LOCAL_POLICIES: 'files' }])(
    'that have the same policies are found to agree (%o)',
    async (env) => {
      const app = await RunningApp.start({ AUTHORIZATION_ENGINE: 'shadow', ...env });
      try {
        const { accessToken: token } = await app.signIn(ADMIN);
        await app.ask(LIST, { token });
        await expect
          .poll(() => metrics(app))
          .toMatch(/^portcullis_shadow_comparisons_total\{outcome="same"\} [1-9]/m);
        expect(await metrics(app)).not.toMatch(
          /comparisons_total\{outcome="(effect|policies|kind|unanswered)"\}/,
        );
      } finally {
        await app.stop();
      }
    },
  );
});

describe('policies that cannot be kept up', () => {
  it('go on deciding, and are stale', async () => {
    const app = await RunningApp.start({ AUTHORIZATION_ENGINE: 'local' });
    try {
      const { accessToken: token } = await app.signIn(ADMIN);
      const { verifiedPermissions, policyStoreId } = app.app.embedded!;
      verifiedPermissions.middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            if (commandName === 'ListPoliciesCommand') throw new Error('Out of reach.');
            return next(args);
          },
        { step: 'initialize' },
      );
      const definition = { static: { statement: FORBID } };
      await verifiedPermissions.send(new CreatePolicyCommand({ policyStoreId, definition }));
      await expect
        .poll(() => readiness(app), { timeout: 5_000 })
        .toMatchObject({ status: 200, body: { status: 'degraded', checks: { policies: 'stale' } } });
      expect(await metrics(app)).toContain('portcullis_policies_stale 1');
      expect((await app.ask(LIST, { token })).faults).toEqual([]);
    } finally {
      await app.stop();
    }
  });
});

describe('/metrics', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ METRICS_TOKEN: TOKEN });
  });
  afterAll(() => app.stop());

  /** As somebody who reaches the service under its public name. */
  const get = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; type: string | undefined }>((resolve, reject) => {
      request(`${app.url}/metrics`, { headers }, (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode, type: response.headers['content-type'] }),
        );
      })
        .on('error', reject)
        .end();
    });

  const elsewhere = { host: 'identity.example.com' };
  const bearing = (token: string) => ({ ...elsewhere, authorization: `Bearer ${token}` });

  it.each<[string, number, Record<string, string>]>([
    ['this machine', 200, {}],
    ['another without a token', 404, elsewhere],
    ['another with a wrong token', 404, bearing(`${TOKEN}x`)],
    ['another with no more than the scheme', 404, bearing('')],
    ['another with the token', 200, bearing(TOKEN)],
    ['another behind a proxy on this machine', 404, { 'x-forwarded-for': '192.0.2.1' }],
  ])('asked by %s is %i', async (_who, status, headers) => {
    expect((await get(headers)).status).toBe(status);
  });

  it('is the text that Prometheus reads', async () => {
    expect((await get({})).type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics(app)).toContain('# TYPE portcullis_engine_calls_total counter');
  });

  it('has nothing for others where no token is set', async () => {
    const closed = await RunningApp.start();
    try {
      const response = await fetch(`${closed.url}/metrics`, {
        headers: { 'x-forwarded-for': '192.0.2.1', authorization: 'Bearer undefined' },
      });
      expect(response.status).toBe(404);
    } finally {
      await closed.stop();
    }
  });
});
