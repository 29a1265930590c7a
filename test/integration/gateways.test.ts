import { createHash } from 'node:crypto';

import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../support/programs.js';
import { PASSWORD, RunningApp, type SignedIn } from '../support/running-app.js';

const SECRET = 'the-gateway-says-that-it-is-the-one';
const NEXT_SECRET = 'the-gateway-says-something-else-now';
const proven = { 'x-gateway-secret': SECRET };

const SDL = '{ _service { sdl } }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email roles } } }';

describe('gateways in production', () => {
  let app: RunningApp;
  let admin: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start({
      PORTCULLIS_ENV: 'production',
      // Nobody is mailed anything here.
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
      GATEWAY_SECRET: `${SECRET}, ${NEXT_SECRET}`,
      ADMIN_MFA: 'optional',
    });
    admin = await app.signIn('admin@example.com');
  });
  afterAll(() => app.stop());

  const representations = (...ids: string[]) => ids.map((id) => ({ __typename: 'User', id }));

  it.each([SECRET, NEXT_SECRET])('prove themselves by either secret', async (secret) => {
    const headers = { 'x-gateway-secret': secret };
    const schema = await app.ask<{ _service: { sdl: string } }>(SDL, { headers });
    expect(schema.data._service.sdl).toMatch(/^type User\s+@key\(fields: "id"\)/m);
    const entities = await app.ask(ENTITIES, {
      headers,
      token: admin.accessToken,
      variables: { r: representations(admin.user.id) },
    });
    expect(entities.data).toEqual({
      _entities: [{ id: admin.user.id, email: 'admin@example.com', roles: ['administrator'] }],
    });
  });

  it.each([
    ['_service', SDL],
    ['_service', '{ schema: _service { sdl } }'],
    ['_service', '{ ...federation } fragment federation on Query { _service { sdl } }'],
    ['_service', 'query a { me { id } } query b { ... on Query { _service { sdl } } }'],
    ['_entities', '{ _entities(representations: []) { __typename } }'],
  ])('alone may ask for %s', async (field, query) => {
    const { status, errors, data } = await app.ask(query, { token: admin.accessToken });
    expect([status, data]).toEqual([403, undefined]);
    expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual([
      [`Only a gateway that proves itself may ask for ${field}.`, 'FORBIDDEN'],
    ]);
  });

  it.each([
    ['wrong', 'the-gateway-says-that-it-is-the-two'],
    ['truncated', SECRET.slice(0, -1)],
    ['prolonged', `${SECRET}x`],
    ['empty', ''],
    ['both', `${SECRET}, ${NEXT_SECRET}`],
    ['in capitals', SECRET.toUpperCase()],
  ])('are turned away whatever they ask when the secret is wrong: %s', async (_how, secret) => {
    const { status, errors, text } = await app.ask('{ me { id } }', {
      token: admin.accessToken,
      headers: { 'x-gateway-secret': secret },
    });
    expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([403, ['FORBIDDEN']]);
    expect(text).not.toContain('the-gateway-says');
  });

  it('are signed in as nobody by their secret', async () => {
    const { faults } = await app.ask(ENTITIES, {
      headers: proven,
      variables: { r: representations(admin.user.id) },
    });
    expect(faults).toEqual(['UNAUTHENTICATED at _entities.0']);
  });

  it('cannot bring attributes of an entity along', async () => {
    const { cognito, pools } = app.app.embedded!;
    const person = { UserPoolId: pools.END_USER.poolId, Username: 'mallory@example.com' };
    await cognito.send(new AdminCreateUserCommand({ ...person, MessageAction: 'SUPPRESS' }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...person, Password: PASSWORD, Permanent: true }));
    const { accessToken } = await app.signIn('mallory@example.com');
    const { data, faults } = await app.ask(ENTITIES, {
      headers: proven,
      token: accessToken,
      variables: {
        r: [
          { __typename: 'User', id: admin.user.id, email: 'forged@example.com', role: 'admin', roles: ['x'] },
        ],
      },
    });
    expect([data, faults]).toEqual([{ _entities: [null] }, ['FORBIDDEN at _entities.0']]);
  });

  it.each(['Query', 'Registration', 'CodeDelivery', '__Schema', 'constructor', 'user'])(
    'are told of a representation of %s that it is none',
    async (__typename) => {
      const { faults } = await app.ask(ENTITIES, {
        headers: proven,
        token: admin.accessToken,
        variables: { r: [{ __typename, id: admin.user.id }] },
      });
      expect(faults).toEqual(['BAD_USER_INPUT at _entities.0']);
    },
  );

  it('may bring 1,000 representations, and no more', async () => {
    const ask = (count: number) =>
      app.ask<{ _entities: unknown[] } | null>(
        'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
        {
          headers: proven,
          token: admin.accessToken,
          variables: { r: Array.from({ length: count }, (_, id) => ({ __typename: 'User', id: `${id}` })) },
        },
      );
    const most = await ask(1_000);
    expect(most.data?._entities).toHaveLength(1_000);
    for (const count of [1_001, 20_000]) {
      const { status, faults } = await ask(count);
      expect([status, faults]).toEqual([200, ['BAD_USER_INPUT at _entities']]);
    }
  });

  it('lend nobody else their limits, whichever asks first', async () => {
    const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: __typename`).join(' ');
    const wide = (of: string) => `query ${of} { me { ${aliases.replaceAll('__typename', 'id')} } }`;
    const token = admin.accessToken;

    expect((await app.ask(wide('gatewayFirst'), { token, headers: proven })).errors).toEqual([]);
    expect((await app.ask(wide('gatewayFirst'), { token })).faults).toEqual(['OPERATION_TOO_COMPLEX']);
    expect((await app.ask(wide('gatewayFirst'), { token, headers: proven })).errors).toEqual([]);

    expect((await app.ask(wide('directFirst'), { token })).faults).toEqual(['OPERATION_TOO_COMPLEX']);
    expect((await app.ask(wide('directFirst'), { token, headers: proven })).errors).toEqual([]);
    expect((await app.ask(wide('directFirst'), { token })).faults).toEqual(['OPERATION_TOO_COMPLEX']);
  });

  it('lend nobody the queries that they registered by hash', async () => {
    const sha256Hash = createHash('sha256').update(SDL).digest('hex');
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
    const get = async (parameters: Record<string, string>, headers: Record<string, string>) => {
      const response = await fetch(`${app.url}/graphql?${new URLSearchParams(parameters)}`, {
        headers: { 'apollo-require-preflight': '1', ...headers },
      });
      return (await response.json()) as { data?: object; errors?: { extensions: { code: string } }[] };
    };
    expect((await get({ query: SDL, extensions }, proven)).data).toBeDefined();
    expect((await get({ extensions }, proven)).data).toBeDefined();
    expect((await get({ extensions }, {})).errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('pass on the id of their request; nobody else does', async () => {
    const id = 'trace-1/span:2';
    const ask = async (headers: Record<string, string>) =>
      (await app.ask('{ nope }', { headers })).errors[0]?.extensions.requestId;
    expect(await ask({ ...proven, 'x-request-id': id })).toBe(id);
    expect(await ask({ 'x-request-id': id })).toMatch(/^[\da-f-]{36}$/);
    for (const malformed of ['', 'two words', '"quoted"', 'x'.repeat(129)]) {
      expect(await ask({ ...proven, 'x-request-id': malformed })).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

describe('the federation fields', () => {
  it('are open to anyone in development, until gateways have a secret', async () => {
    const open = await RunningApp.start();
    expect((await open.ask(SDL)).errors).toEqual([]);
    // Nobody is expected to prove anything.
    expect((await open.ask(SDL, { headers: { 'x-gateway-secret': 'anything' } })).errors).toEqual([]);
    await open.stop();

    const closed = await RunningApp.start({ GATEWAY_SECRET: SECRET });
    expect((await closed.ask(SDL)).faults).toEqual(['FORBIDDEN']);
    expect((await closed.ask(SDL, { headers: proven })).errors).toEqual([]);
    await closed.stop();
  });

  it('are nobody’s in production without a secret', async () => {
    const app = await RunningApp.start({
      PORTCULLIS_ENV: 'production',
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    });
    for (const headers of [{}, { 'x-gateway-secret': '' }, { 'x-gateway-secret': 'undefined' }]) {
      expect((await app.ask(SDL, { headers })).faults).toEqual(['FORBIDDEN']);
    }
    await app.stop();
  });
});

describe('the address of a session', () => {
  const SESSION_ADDRESS = '{ me { sessions(first: 1) { nodes { ipAddress current } } } }';
  const addressOf = async (app: RunningApp, headers: Record<string, string>) => {
    const { accessToken } = await app.signIn('alice@example.com', { headers });
    const { data } = await app.ask<{ me: { sessions: { nodes: { ipAddress: string }[] } } }>(
      SESSION_ADDRESS,
      {
        token: accessToken,
      },
    );
    return data.me.sessions.nodes[0]?.ipAddress;
  };

  it('is what a proven gateway says, and nobody else', async () => {
    const app = await RunningApp.start({ GATEWAY_SECRET: SECRET });
    const claim = { 'x-forwarded-for': '203.0.113.7, 198.51.100.4' };
    expect(await addressOf(app, claim)).toBe('127.0.0.1');
    // What its own client claims counts for nothing: only the last entry is the gateway's.
    expect(await addressOf(app, { ...claim, ...proven })).toBe('198.51.100.4');
    expect(await addressOf(app, { 'x-forwarded-for': 'unknown', ...proven })).toBe('127.0.0.1');
    expect(await addressOf(app, proven)).toBe('127.0.0.1');
    // As some proxies write it.
    for (const [written, address] of [
      ['203.0.113.7, [2001:DB8::1]:443', '2001:db8::1'],
      ['198.51.100.4:555', '198.51.100.4'],
      ['::ffff:198.51.100.4', '198.51.100.4'],
      [`fe80::1%${'x'.repeat(4_000)}`, 'fe80::1'],
    ] as const) {
      expect(await addressOf(app, { 'x-forwarded-for': written, ...proven })).toBe(address);
    }
    await app.stop();
  });

  it('is looked for behind the proxies that are configured', async () => {
    const app = await RunningApp.start({ TRUSTED_PROXIES: '127.0.0.0/8, 198.51.100.0/24' });
    const of = (forwarded: string) => addressOf(app, { 'x-forwarded-for': forwarded });
    expect(await of('1.1.1.1, 203.0.113.7, 198.51.100.4')).toBe('203.0.113.7');
    expect(await of('2001:db8::7')).toBe('2001:db8::7');
    expect(await of('1.1.1.1, 203.0.113.7:555, [::ffff:198.51.100.4]:80')).toBe('203.0.113.7');
    expect(await of('203.0.113.7, nonsense')).toBe('127.0.0.1');
    await app.stop();
  });
});
