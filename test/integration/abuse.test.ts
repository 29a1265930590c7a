import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';

describe('abuse', () => {
  let app: RunningApp;
  let alice: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start();
    alice = await app.signIn('alice@example.com');
  });
  afterAll(() => app.stop());

  const CANARY = 'Hunter2-Hunter2-Hunter2';

  it.each<[string, Record<string, unknown>?]>([
    [
      'mutation ($i: LoginInput!) { login(input: $i) { __typename } }',
      { i: { email: 'a@example.com', password: CANARY, bogus: 1 } },
    ],
    ['mutation ($i: LoginInput!) { login(input: $i) { __typename } }', { i: { password: CANARY } }],
    ['mutation ($i: LoginInput!) { login(input: $i) { __typename } }', { i: CANARY }],
    ['mutation ($i: UpdateMeInput!) { updateMe(input: $i) { id } }', { i: { password: CANARY, bogus: 1 } }],
    ['mutation ($t: String!) { refreshTokens(refreshToken: $t) { tokenType } }', { t: { token: CANARY } }],
    [`mutation { login(input: { email: "x", password: "${CANARY}" }) { __typename } }`],
    [`mutation { login(input: "${CANARY}") { __typename } }`],
    [`mutation { login("${CANARY}") { __typename } }`],
    [`mutation { refreshTokens(refreshToken: { a: "${CANARY}" }) { tokenType } }`],
    [`query ($n: Int = "${CANARY}") { users(first: $n) { nodes { id } } }`],
  ])('does not get a secret repeated: %s', async (query, variables = {}) => {
    const { text, status, errors } = await app.ask(query, { variables });
    expect(status).toBeLessThan(500);
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toContain(CANARY);
  });

  it.each([
    [
      'fragments by the thousand',
      `{ me { ...f0 } } ${Array.from({ length: 5_000 }, (_, i) => `fragment f${i} on User { ...f${i + 1} }`).join(' ')} fragment f5000 on User { id }`,
    ],
    ['selections by the thousand', `${'{ me '.repeat(5_000)}${'}'.repeat(5_000)}`],
    ['lists by the thousand', `{ user(id: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { id } }`],
  ])('by %s is refused', async (_what, query) => {
    const { errors, status } = await app.ask(query, { token: alice.accessToken });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it('by pages within pages is refused', async () => {
    const level = (inner: string): string => `sessions(first: 100) { nodes { user { ${inner} } } }`;
    const { errors, status } = await app.ask(`{ me { ${level(level(level('id')))} } }`, {
      token: alice.accessToken,
    });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it('by checks in several fields is refused', async () => {
    const checks = Array.from({ length: 600 }, (_, index) => ({
      action: 'readUser',
      resource: { type: 'User', id: `${index}` },
    }));
    const { faults } = await app.ask(
      'query ($c: [DecisionCheck!]!) { a: decisions(checks: $c) { allowed } b: decisions(checks: $c) { allowed } }',
      { token: alice.accessToken, variables: { c: checks } },
    );
    expect(faults).toEqual(['BAD_USER_INPUT at b']);
  });

  it.each([[['']], [['a role']], [['x'.repeat(129)]], [Array.from({ length: 101 }, (_, i) => `role-${i}`)]])(
    'by roles that cannot exist is the caller’s fault',
    async (roles) => {
      const { accessToken } = await app.signIn('admin@example.com');
      const { faults } = await app.ask(
        'mutation ($roles: [String!]) { createUser(input: { email: "x@example.com", roles: $roles }) { id } }',
        { token: accessToken, variables: { roles } },
      );
      expect(faults).toEqual(['BAD_USER_INPUT at createUser']);
    },
  );

  it.each([
    ['subscription { x }', {}],
    ['{ me { id } }', { extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } }],
  ])('by what Apollo Server does not do is the caller’s fault: %s', async (query, more) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, ...more }),
    });
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('INTERNAL_SERVER_ERROR');
  });

  it('by acting on after signing out in one document fails', async () => {
    for (const ending of ['logout', 'revokeSession(id: $id) { endReason }']) {
      const bob = await app.signIn('bob@example.com');
      const { data, faults } = await app.ask<Record<string, unknown> | null>(
        `mutation ${ending === 'logout' ? '' : '($id: ID!)'} { ${ending} updateMe(input: { familyName: "x" }) { id } }`,
        { token: bob.accessToken, variables: { id: bob.session.id } },
      );
      expect(faults).toEqual(['UNAUTHENTICATED at updateMe']);
      expect(data).toBeNull();
    }
  });

  it('by malformed representations harms nobody else', async () => {
    const { data, faults } = await app.ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email } } }',
      {
        token: alice.accessToken,
        variables: {
          r: [
            { __typename: 'Nope', id: '1' },
            { __typename: 'User', id: alice.user.id, email: 'forged@example.com' },
            { __typename: 'User', id: (await app.signIn('bob@example.com')).user.id },
          ],
        },
      },
    );
    expect(data).toEqual({
      _entities: [null, { id: alice.user.id, email: 'alice@example.com' }, null],
    });
    expect(faults.slice().sort()).toEqual(['BAD_USER_INPUT at _entities.0', 'FORBIDDEN at _entities.2']);
  });
});
