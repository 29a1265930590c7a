import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  RefreshTokensDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  RevokeUserSessionsDocument,
} from '../operations/generated.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis } from '../support/redis.js';
import { PASSWORD, RunningApp, type SignedIn } from '../support/running-app.js';

/** Somebody's two sign-ins, and who administers them. */
interface Cast {
  readonly email: string;
  readonly one: SignedIn;
  readonly other: SignedIn;
  readonly admin: SignedIn;
}

interface Ending {
  readonly name: string;
  /** On the instance that the others have to hear of it from. */
  readonly end: (app: RunningApp, cast: Cast) => Promise<{ errors: readonly unknown[] }>;
  readonly ended: (cast: Cast) => readonly SignedIn[];
}

const refresh = (app: RunningApp, refreshToken: string) =>
  app.ask(RefreshTokensDocument, { variables: { refreshToken } });
const administer = (app: RunningApp, mutation: string, { admin, one }: Cast) =>
  app.ask(`mutation ($id: ID!) { ${mutation} }`, {
    token: admin.accessToken,
    variables: { id: one.user.id },
  });

const ENDINGS: readonly Ending[] = [
  {
    name: 'logout',
    end: (app, { one }) => app.ask('mutation { logout }', { token: one.accessToken }),
    ended: ({ one }) => [one],
  },
  {
    name: 'logout(everywhere)',
    end: (app, { one }) => app.ask('mutation { logout(everywhere: true) }', { token: one.accessToken }),
    ended: ({ one, other }) => [one, other],
  },
  {
    name: 'revokeSession',
    end: (app, { one, other }) =>
      app.ask(RevokeSessionDocument, { token: one.accessToken, variables: { id: other.session.id } }),
    ended: ({ other }) => [other],
  },
  {
    name: 'revokeOtherSessions',
    end: (app, { one }) => app.ask(RevokeOtherSessionsDocument, { token: one.accessToken }),
    ended: ({ other }) => [other],
  },
  {
    name: 'revokeUserSessions',
    end: (app, { admin, one }) =>
      app.ask(RevokeUserSessionsDocument, { token: admin.accessToken, variables: { id: one.user.id } }),
    ended: ({ one, other }) => [one, other],
  },
  {
    name: 'disableUser',
    end: (app, cast) => administer(app, 'disableUser(id: $id) { id }', cast),
    ended: ({ one, other }) => [one, other],
  },
  {
    name: 'deleteUser',
    end: (app, cast) => administer(app, 'deleteUser(id: $id)', cast),
    ended: ({ one, other }) => [one, other],
  },
  {
    name: 'changePassword',
    end: (app, { one }) =>
      app.ask(`mutation ($input: ChangePasswordInput!) { changePassword(input: $input) }`, {
        token: one.accessToken,
        variables: { input: { currentPassword: PASSWORD, newPassword: 'Another-Horse-9-Battery' } },
      }),
    ended: ({ other }) => [other],
  },
  {
    name: 'resetPassword',
    async end(app, { email }) {
      await app.ask('mutation ($email: EmailAddress!) { forgotPassword(email: $email) { medium } }', {
        variables: { email },
      });
      const input = { email, code: await app.latestCode(email), newPassword: 'Another-Horse-9-Battery' };
      return app.ask('mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) }', {
        variables: { input },
      });
    },
    ended: ({ one, other }) => [one, other],
  },
  {
    name: 'a refresh token that is used again',
    async end(app, { other }) {
      const second = await refresh(app, other.refreshToken);
      await refresh(app, second.data?.refreshTokens.refreshToken ?? '');
      expect((await refresh(app, other.refreshToken)).faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
      return { errors: [] };
    },
    ended: ({ other }) => [other],
  },
];

describe('on another instance, the very next request is refused after', () => {
  let postgres: TestPostgres;
  let here: RunningApp;
  let there: RunningApp;
  let admin: SignedIn;

  beforeAll(async () => {
    postgres = await createTestPostgres();
    const env = { DATABASE_URL: postgres.url, REDIS_URL: (await createTestRedis()).url };
    here = await RunningApp.start(env);
    there = await RunningApp.start(env);
    admin = await here.signIn('admin@example.com');
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
    await postgres.drop();
  });

  const me = (app: RunningApp, { accessToken }: SignedIn) => app.ask('{ me { id } }', { token: accessToken });

  it.each(ENDINGS.map((ending, index) => [ending.name, ending, index] as const))(
    '%s',
    async (_name, { end, ended }, index) => {
      const email = `somebody-${index}@example.com`;
      const one = await here.signUp(email);
      const other = await here.signIn(email);
      const bystander = await here.signIn('alice@example.com');
      const cast = { email, one, other, admin };
      // Twice, so that what ends is cached there.
      for (const session of [one, other, one, other]) {
        expect((await me(there, session)).errors).toEqual([]);
      }

      expect((await end(here, cast)).errors).toEqual([]);

      const dead = ended(cast);
      for (const session of dead) {
        expect((await me(there, session)).faults).toEqual(['UNAUTHENTICATED at me']);
        expect((await me(here, session)).faults).toEqual(['UNAUTHENTICATED at me']);
        expect((await refresh(there, session.refreshToken)).faults).toEqual([
          'UNAUTHENTICATED at refreshTokens',
        ]);
      }
      for (const session of [one, other, bystander].filter((alive) => !dead.includes(alive))) {
        expect((await me(there, session)).errors).toEqual([]);
        expect((await refresh(there, session.refreshToken)).errors).toEqual([]);
      }
    },
  );

  it('a change of client that is to end sessions, and shows before as a mark', async () => {
    const linux = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const strict = await RunningApp.start({
      DATABASE_URL: postgres.url,
      REDIS_URL: (await createTestRedis()).url,
      TRUSTED_PROXIES: '127.0.0.1',
      SESSION_CLIENT_CHANGE: 'end',
    });
    try {
      const bob = await strict.signIn('bob@example.com', {
        password: here.passwordOf('bob@example.com'),
        headers: { 'user-agent': linux, 'x-forwarded-for': '192.0.2.7' },
      });
      const sessions = `{ me { sessions(first: 1) { nodes { suspiciousSince device ipAddress } } } }`;
      const home = await strict.ask(sessions, {
        token: bob.accessToken,
        headers: { 'user-agent': linux, 'x-forwarded-for': '192.0.2.200' },
      });
      expect(home.data).toEqual({
        me: {
          sessions: {
            nodes: [{ suspiciousSince: null, device: 'Firefox 140 on Linux', ipAddress: '192.0.2.7' }],
          },
        },
      });
      // It trusts no proxy, so that to it everybody comes from this machine; and it only reports.
      const marked = () =>
        here.ask(sessions, { token: bob.accessToken, headers: { 'user-agent': 'curl/8.5' } });
      await expect
        .poll(async () => JSON.stringify((await marked()).data))
        .toMatch(/"suspiciousSince":"\d{4}-/);

      const thief = { 'user-agent': 'curl/8.5', 'x-forwarded-for': '203.0.113.9' };
      const stolen = await strict.ask('{ me { id } }', { token: bob.accessToken, headers: thief });
      expect(stolen.faults).toEqual(['UNAUTHENTICATED at me']);
      expect((await me(there, bob)).faults).toEqual(['UNAUTHENTICATED at me']);
    } finally {
      await strict.stop();
    }
  });
});
