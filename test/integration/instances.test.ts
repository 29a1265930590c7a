import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis } from '../support/redis.js';
import { RunningApp } from '../support/running-app.js';

describe.each([
  ['a database and a Redis', true],
  ['a database alone', false],
])('two instances on %s', (_what, withRedis) => {
  let postgres: TestPostgres;
  let here: RunningApp;
  let there: RunningApp;

  beforeAll(async () => {
    postgres = await createTestPostgres();
    const env = {
      DATABASE_URL: postgres.url,
      ...(withRedis ? { REDIS_URL: (await createTestRedis()).url } : {}),
    };
    here = await RunningApp.start(env);
    there = await RunningApp.start(env);
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
    await postgres.drop();
  });

  const me = (app: RunningApp, token: string) => app.ask('{ me { id } }', { token });

  it('accept each other’s sessions, and each other’s cursors', async () => {
    const admin = await here.signIn('admin@example.com');
    expect((await me(there, admin.accessToken)).data).toEqual({ me: { id: admin.user.id } });
    const first = await here.ask<{ users: { pageInfo: { endCursor: string } } }>(
      '{ users(first: 1) { pageInfo { endCursor } } }',
      { token: admin.accessToken },
    );
    const second = await there.ask(
      'query ($after: String) { users(first: 1, after: $after) { nodes { id } } }',
      {
        token: admin.accessToken,
        variables: { after: first.data.users.pageInfo.endCursor },
      },
    );
    expect(second.errors).toEqual([]);
  });

  it('end a session on both with the very next request', async () => {
    const alice = await here.signIn('alice@example.com');
    expect((await me(there, alice.accessToken)).errors).toEqual([]);
    await here.ask('mutation { logout }', { token: alice.accessToken });
    expect((await me(there, alice.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await me(here, alice.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
  });

  it.each(['disableUser(id: $id) { id }', 'deleteUser(id: $id)'])(
    'shut a person out on both: %s',
    async (mutation) => {
      const email = mutation.startsWith('disable') ? 'bob@example.com' : 'carol@example.com';
      const admin = await here.signIn('admin@example.com');
      const seeded = await here.ask<{ users: { nodes: { id: string }[] } }>(
        'query ($email: String) { users(filter: { email: $email }) { nodes { id } } }',
        { token: admin.accessToken, variables: { email } },
      );
      const id = seeded.data.users.nodes[0]?.id;
      const person = await here.signIn(email);
      expect((await me(there, person.accessToken)).errors).toEqual([]);
      const { errors } = await here.ask(`mutation ($id: ID!) { ${mutation} }`, {
        token: admin.accessToken,
        variables: { id },
      });
      expect(errors).toEqual([]);
      expect((await me(there, person.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    },
  );

  it('do not both lose their last administrator', async () => {
    const admin = await here.signIn('admin@example.com');
    const made = await here.ask<{ createUser: { id: string } }>(
      `mutation { createUser(input: {
        email: "second@example.com", userType: ADMIN, roles: ["administrator"], suppressInvitation: true,
        temporaryPassword: "Correct-Horse-9-Battery"
      }) { id } }`,
      { token: admin.accessToken },
    );
    const { id } = made.data.createUser;
    const challenge = await here.ask<{ login: { challenge: string } }>(
      `mutation { login(input: { email: "second@example.com", userType: ADMIN, password: "Correct-Horse-9-Battery" }) {
        ... on NewPasswordRequired { challenge }
      } }`,
    );
    const second = await there.ask<{ completeNewPassword: { accessToken: string } }>(
      `mutation ($c: String!) { completeNewPassword(input: { challenge: $c, newPassword: "Better-Horse-9-Battery" }) {
        ... on Authenticated { accessToken }
      } }`,
      { variables: { c: challenge.data.login.challenge } },
    );
    const disable = (app: RunningApp, token: string, whom: string) =>
      app.ask('mutation ($id: ID!) { disableUser(id: $id) { enabled } }', { token, variables: { id: whom } });
    const outcomes = await Promise.all([
      disable(here, admin.accessToken, id),
      disable(there, second.data.completeNewPassword.accessToken, admin.user.id),
    ]);
    const refused = outcomes.filter(({ errors }) => errors.length > 0);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.errors[0]?.extensions.code).toMatch(/^(CONFLICT|FORBIDDEN|UNAUTHENTICATED)$/);
  });
});
