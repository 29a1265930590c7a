import { AdminCreateUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { PortcullisError } from '../../src/errors.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { FakeClock } from '../support/fake-clock.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { RunningApp } from '../support/running-app.js';

const REPRESENTATIONS = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email roles } } }`;

/** Asks for people as a gateway does. */
const entities = (app: RunningApp, token: string, ids: readonly string[]) =>
  app.ask<{ _entities: { id: string }[] }>(REPRESENTATIONS, {
    token,
    variables: { r: ids.map((id) => ({ __typename: 'User', id })) },
  });

/** Notes whom a command, AdminGetUser by default, is asked about from now on. */
function watchReads({ app }: RunningApp, command = 'AdminGetUserCommand'): string[] {
  const read: string[] = [];
  app.embedded!.cognito.middlewareStack.add(
    (next, context) => (args) => {
      const { Username = '' } = args.input as { Username?: string };
      if (context.commandName === command) read.push(Username);
      return next(args);
    },
    { step: 'initialize' },
  );
  return read;
}

/** Makes people behind the service's back, whom it has never seen. */
async function makePeople(
  { app }: RunningApp,
  userType: 'ADMIN' | 'END_USER',
  count: number,
): Promise<string[]> {
  const { cognito, pools } = app.embedded!;
  const made = await Promise.all(
    Array.from({ length: count }, () =>
      cognito.send(
        new AdminCreateUserCommand({
          UserPoolId: pools[userType].poolId,
          Username: `${systemRandomness.uuid()}@example.com`,
          MessageAction: 'SUPPRESS',
        }),
      ),
    ),
  );
  return made.map(({ User }) => User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '');
}

describe('50 people by id', () => {
  const clock = new FakeClock();
  let app: RunningApp;
  let token: string;
  let ids: string[];
  let reads: string[];

  beforeAll(async () => {
    app = await RunningApp.start({}, { clock });
    ids = [...(await makePeople(app, 'ADMIN', 20)), ...(await makePeople(app, 'END_USER', 30))];
    reads = watchReads(app);
    token = (await app.signIn('admin@example.com')).accessToken;
    await app.ask('{ users(first: 100) { nodes { id } } }', { token });
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    clock.advance(31_000);
    reads.length = 0;
  });

  const readOfThem = () => reads.filter((id) => ids.includes(id));

  it('are read once each', async () => {
    const { data, errors } = await entities(app, token, ids);
    expect(errors).toEqual([]);
    expect(data._entities.map(({ id }) => id)).toEqual(ids);
    expect(readOfThem().sort()).toEqual([...ids].sort());
  });

  it('are read once each, however often they are named and by however many at once', async () => {
    const answers = await Promise.all([
      entities(app, token, [...ids, ...ids]),
      entities(app, token, [...ids].reverse()),
    ]);
    expect(answers.map(({ data }) => data._entities.map(({ id }) => id))).toEqual([
      [...ids, ...ids],
      [...ids].reverse(),
    ]);
    expect(readOfThem().sort()).toEqual([...ids].sort());
  });

  it('are not read again for 30 seconds, and then all', async () => {
    await entities(app, token, ids);
    reads.length = 0;
    clock.advance(29_999);
    expect((await entities(app, token, ids)).errors).toEqual([]);
    expect(readOfThem()).toEqual([]);
    clock.advance(1);
    await entities(app, token, ids);
    expect(readOfThem().sort()).toEqual([...ids].sort());
  });

  it('are not read again when one of them is changed, but for that one', async () => {
    await entities(app, token, ids);
    reads.length = 0;
    const changed = ids[33] ?? '';
    const update = await app.ask('mutation ($i: UpdateUserInput!) { updateUser(input: $i) { givenName } }', {
      token,
      variables: { i: { id: changed, givenName: 'Frida' } },
    });
    expect(update.data).toEqual({ updateUser: { givenName: 'Frida' } });
    const { data } = await app.ask<{ _entities: { givenName: string | null }[] }>(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { givenName } } }',
      { token, variables: { r: ids.map((id) => ({ __typename: 'User', id })) } },
    );
    expect(data._entities.map(({ givenName }) => givenName)).toEqual(
      ids.map((id) => (id === changed ? 'Frida' : null)),
    );
    expect(new Set(readOfThem())).toEqual(new Set([changed]));
  });

  it('are read though others do not exist, who are null', async () => {
    const [gone = ''] = await makePeople(app, 'END_USER', 1);
    const others = ids.slice(0, 2);
    await app.ask('mutation ($id: ID!) { deleteUser(id: $id) }', { token, variables: { id: gone } });
    const { data, errors } = await entities(app, token, [...others, gone, 'nobody']);
    expect(errors).toEqual([]);
    expect(data._entities).toMatchObject([{ id: others[0] }, { id: others[1] }, null, null]);
  });
});

describe('after a restart', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await createTestPostgres();
  });
  afterAll(() => postgres.drop());

  it('people whom the service saw before are read from their own pool alone', async () => {
    const env = { DATABASE_URL: postgres.url };
    const before = await RunningApp.start(env);
    const admins = await makePeople(before, 'ADMIN', 25);
    const ids = [...admins, ...(await makePeople(before, 'END_USER', 25))];
    const { accessToken } = await before.signIn('admin@example.com');
    const atFirst = watchReads(before);
    await entities(before, accessToken, ids);
    // In no table yet, administrators are looked for among the end users too.
    expect(atFirst.filter((id) => ids.includes(id)).sort()).toEqual([...ids, ...admins].sort());
    await before.stop();

    const after = await RunningApp.start(env);
    const reads = watchReads(after);
    const { data, errors } = await entities(after, accessToken, ids);
    await after.stop();
    expect(errors).toEqual([]);
    expect(data._entities.map(({ id }) => id)).toEqual(ids);
    expect(reads.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
  });
});

describe('on AWS', () => {
  let app: RunningApp;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    app = await RunningApp.start({
      AWS_REGION: 'eu-west-1',
      COGNITO_END_USER_POOL_ID: 'eu-west-1_EndUsers1',
      COGNITO_END_USER_CLIENT_ID: 'enduserclient',
      COGNITO_ADMIN_POOL_ID: 'eu-west-1_Admins1',
      COGNITO_ADMIN_CLIENT_ID: 'adminclient',
      AVP_POLICY_STORE_ID: 'PSEXAMPLEabcdefg111111',
      // Nobody answers there, and nobody has to.
      COGNITO_ENDPOINT: 'http://127.0.0.1:1',
      AVP_ENDPOINT: 'http://127.0.0.1:1',
      COGNITO_READS_PER_SECOND: '1',
    });
  });
  afterAll(async () => {
    await app.stop();
    vi.unstubAllEnvs();
  });

  it('more reads than the budget has are refused at once', async () => {
    const refusals = Array.from({ length: 30 }, () =>
      app.app.services.users.find(systemRandomness.uuid()).then(
        () => Promise.reject(new Error('Somebody was found.')),
        (error: PortcullisError) =>
          error.code === 'UPSTREAM_THROTTLED' ? error.retryAfter : Promise.reject(error),
      ),
    );
    expect(await Promise.any(refusals)).toBe(10);
  });
});

describe('where nothing is kept', () => {
  let postgres: TestPostgres;
  let app: RunningApp;
  beforeAll(async () => {
    postgres = await createTestPostgres();
    app = await RunningApp.start({ DATABASE_URL: postgres.url });
  });
  afterAll(async () => {
    await app.stop();
    await postgres.drop();
  });

  it('the roles of who asks are read once for a query, whatever it needs them for', async () => {
    const { accessToken: token } = await app.signIn('admin@example.com');
    const read = watchReads(app, 'AdminListGroupsForUserCommand');
    for (const query of ['{ me { id } }', '{ me { id roles } }', '{ users(first: 2) { nodes { id } } }']) {
      read.length = 0;
      await app.ask(query, { token });
      expect(read).toHaveLength(1);
    }
  });
});
