import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DecisionDocument, DecisionsDocument } from '../operations/generated.js';
import { awsToken, presign } from '../support/presigned.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import {
  basic,
  clientToken,
  credentialsOf,
  requestToken,
  type ServiceCredentials,
} from '../support/seeded-services.js';

/** What a scope permits that nobody's credential has. */
const EXPLAINERS = `
@id("services-explain")
@description("Services with the scope portcullis/explain read why.")
permit (principal is Identity::Service, action == Identity::Action::"explainDecision", resource)
when { context has scopes && context.scopes.contains("portcullis/explain") };
`;

let policies: string;
let app: RunningApp;
let alice: SignedIn;
let bob: SignedIn;
let admin: SignedIn;
let orders: ServiceCredentials;
beforeAll(async () => {
  policies = await mkdtemp(join(tmpdir(), 'portcullis-services-'));
  await cp('policies', policies, { recursive: true });
  await writeFile(join(policies, 'explainers.cedar'), EXPLAINERS);
  app = await RunningApp.start({ SEED_SERVICES: 'orders,billing', POLICIES_DIR: policies });
  orders = await credentialsOf(app, 'orders');
  [alice, bob, admin] = await Promise.all([
    app.signIn('alice@example.com'),
    app.signIn('bob@example.com'),
    app.signIn('admin@example.com'),
  ]);
});
afterAll(async () => {
  await app.stop();
  await rm(policies, { recursive: true });
});

/** A credential by the service's key at AWS. */
const iamToken = async (audience = 'portcullis') =>
  awsToken(
    await presign({
      key: orders.key,
      signingDate: app.app.services.clock.now(),
      origin: 'https://sts.us-east-1.amazonaws.com',
      audience,
    }),
  );

const user = (id: string) => ({ type: 'Identity::User', id });

describe.each([
  ['a token of its client', () => clientToken(app, 'orders')],
  ['a request signed for STS', iamToken],
])('a service with %s', (_what, credential) => {
  let token: string;
  beforeAll(async () => {
    token = await credential();
  });

  it('asks 1,000 decisions for anybody, with attributes of the resources', async () => {
    const checks = Array.from({ length: 1_000 }, (_, index) => ({
      principal: user(index % 2 === 0 ? alice.user.id : bob.user.id),
      action: 'readUser',
      resource: user(alice.user.id),
    }));
    const { data, errors } = await app.ask(DecisionsDocument, { token, variables: { checks } });
    expect(errors).toEqual([]);
    expect(data?.decisions).toHaveLength(1_000);
    for (const [index, decision] of (data?.decisions ?? []).entries()) {
      expect(decision.allowed).toBe(index % 2 === 0);
    }
  });

  it('brings attributes, which the schema judges: a person may not even try', async () => {
    const ask = async (asker: string, resourceAttributes?: Record<string, unknown>) => {
      const check = {
        principal: user(alice.user.id),
        action: 'Documents::readDocument',
        resource: { type: 'Documents::Document', id: '1' },
        ...(resourceAttributes && { resourceAttributes }),
      };
      const { data } = await app.ask(DecisionDocument, { token: asker, variables: { check } });
      return data?.decision.reason;
    };
    expect(await ask(token, { owner: { __entity: user(alice.user.id) } })).toBe('PERMITTED');
    expect(await ask(token, { owner: { __entity: user(bob.user.id) } })).toBe('NOT_PERMITTED');
    expect(await ask(token, { colour: 'red' })).toBe('INVALID');
    expect(await ask(admin.accessToken, { owner: { __entity: user(alice.user.id) } })).toBe('INVALID');
  });

  it('brings one description that is wrong, and all the others are decided, in the same call as without it', async () => {
    const commands: string[] = [];
    const { middlewareStack } = app.app.embedded!.verifiedPermissions;
    const name = 'count the calls';
    middlewareStack.add(
      (next, context) => (args) => {
        commands.push(context.commandName ?? '');
        return next(args);
      },
      { step: 'initialize', name },
    );
    const checks = Array.from({ length: 30 }, (_, index) => ({
      principal: user(alice.user.id),
      action: 'Documents::readDocument',
      resource: { type: 'Documents::Document', id: randomUUID() },
      resourceAttributes: { owner: index === 7 ? 'alice' : { __entity: user(alice.user.id) } },
    }));
    const { data } = await app.ask(DecisionsDocument, { token, variables: { checks } });
    middlewareStack.remove(name);
    const reasons = data?.decisions.map(({ reason }) => reason);
    expect(reasons).toEqual(checks.map((_, index) => (index === 7 ? 'INVALID' : 'PERMITTED')));
    expect(commands.filter((command) => command.includes('IsAuthorized'))).toEqual([
      'BatchIsAuthorizedCommand',
    ]);
  });

  it('asks for itself where it names nobody, and is permitted nothing else', async () => {
    const check = { action: 'listUsers', resource: { type: 'Identity::Application', id: 'portcullis' } };
    const { data } = await app.ask(DecisionDocument, { token, variables: { check } });
    expect(data?.decision).toMatchObject({
      allowed: false,
      reason: 'NOT_PERMITTED',
      principal: { type: 'Identity::Service', id: 'orders' },
      determiningPolicies: null,
      errors: null,
    });
  });

  it('has the scopes of its credential, whatever it claims, and asks of other services what would be', async () => {
    const reasons = async (action: string, scopes: readonly string[]) => {
      const principals = [
        undefined,
        { type: 'Identity::Service', id: 'orders' },
        { type: 'Service', id: 'orders' },
        { type: 'Identity::Service', id: 'billing' },
      ];
      const checks = principals.map((principal) => ({
        ...(principal && { principal }),
        action,
        resource: { type: 'Identity::Application', id: 'portcullis' },
        context: { scopes },
      }));
      const { data } = await app.ask(DecisionsDocument, { token, variables: { checks } });
      return data?.decisions.map(({ reason }) => reason);
    };
    const [yes, no] = ['PERMITTED', 'NOT_PERMITTED'];
    expect(await reasons('explainDecision', ['portcullis/explain'])).toEqual([no, no, no, yes]);
    expect(await reasons('decideForOthers', [])).toEqual([yes, yes, yes, no]);
  });

  it('gets nothing by what would be of another', async () => {
    const check = {
      principal: { type: 'Identity::Service', id: 'billing' },
      action: 'explainDecision',
      resource: { type: 'Identity::Application', id: 'portcullis' },
      context: { scopes: ['portcullis/explain'] },
    };
    const { data } = await app.ask(DecisionDocument, { token, variables: { check } });
    expect(data?.decision).toMatchObject({ allowed: true, determiningPolicies: null, errors: null });
  });

  it('is nobody’s account: me is null, and what people do is FORBIDDEN', async () => {
    expect((await app.ask('{ me { id } }', { token })).data).toEqual({ me: null });
    for (const [operation, field] of [
      ['mutation { logout }', 'logout'],
      ['mutation { updateMe(input: { givenName: "X" }) { id } }', 'updateMe'],
      ['{ users { nodes { id } } }', 'users'],
      [`{ user(id: "${alice.user.id}") { id } }`, 'user'],
      [`{ session(id: "${alice.session.id}") { id } }`, 'session'],
      [`mutation { revokeSession(id: "${alice.session.id}") { id } }`, 'revokeSession'],
      [`mutation { disableUser(id: "${alice.user.id}") { id } }`, 'disableUser'],
      ['mutation { createUser(input: { email: "x@example.com" }) { id } }', 'createUser'],
    ] as const) {
      expect((await app.ask(operation, { token })).faults).toEqual([`FORBIDDEN at ${field}`]);
    }
  });
});

it('a person asks for nobody else', async () => {
  const checks = Array.from({ length: 1_000 }, () => ({
    principal: user(bob.user.id),
    action: 'readUser',
    resource: user(bob.user.id),
  }));
  const { data } = await app.ask(DecisionsDocument, { token: alice.accessToken, variables: { checks } });
  expect(new Set(data?.decisions.map(({ reason }) => reason))).toEqual(new Set(['NOT_PERMITTED']));
});

describe('refused, in the same words, is', () => {
  it.each<[string, () => Promise<string>]>([
    ['a request signed for another service', () => iamToken('elsewhere.test')],
    ['a request to another place', async () => (await iamToken()).slice(0, -40)],
    [
      'a token of the service that was changed',
      async () => `${(await clientToken(app, 'orders')).slice(0, -6)}AAAAAA`,
    ],
    ['nothing behind the prefix', async () => 'portcullis-aws-v1.'],
    ['an ID token', async () => alice.idToken],
  ])('%s', async (_what, make) => {
    const answer = await app.ask('{ me { id } }', { token: await make() });
    expect(answer.faults).toEqual(['UNAUTHENTICATED at me']);
    expect(answer.errors[0]?.message).toBe('The credential is not valid. Sign in again.');
  });
});

describe('POST /oauth2/token', () => {
  it('gives a token, for nobody to keep', async () => {
    const response = await requestToken(
      app,
      { grant_type: 'client_credentials', scope: 'portcullis/decide' },
      basic(orders),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^eyJ/) as string,
      expires_in: 3_600,
      token_type: 'Bearer',
    });
  });

  it('takes the id and the secret in the body as well', async () => {
    const { clientId, secret } = orders;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    expect((await requestToken(app, form)).status).toBe(200);
  });

  it('refuses a wrong secret, and says no more', async () => {
    const response = await requestToken(
      app,
      { grant_type: 'client_credentials' },
      basic({ ...orders, secret: 'guess' }),
    );
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toEqual({ error: 'invalid_client' });
  });

  it('refuses what is no form, and bodies without end, and is for POST alone', async () => {
    const json = await fetch(`${app.url}/oauth2/token`, {
      method: 'POST',
      body: '{"grant_type":"client_credentials"}',
      headers: { 'content-type': 'application/json', ...basic(orders) },
    });
    expect([json.status, await json.json()]).toEqual([400, { error: 'invalid_request' }]);
    expect((await requestToken(app, { grant_type: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await fetch(`${app.url}/oauth2/token`)).status).toBe(405);
  });
});
