import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { PASSWORD } from '../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../support/identity-services.js';

/** How long Cognito forgives a second use of a rotated token. */
const GRACE_MS = 30_000;
const MINUTE = 60_000;

interface RefreshToken {
  readonly text: string;
  readonly generation: number;
  /** When Cognito first traded it. */
  tradedAt?: number;
}

/** A session as it should be. */
interface Session {
  readonly id: string;
  readonly expiresAt: number;
  readonly accessTokens: string[];
  readonly refreshTokens: RefreshToken[];
  used: RefreshToken | undefined;
  /** When the first of the generation of `used` was. */
  generationUsedAt: number;
  isEnded: boolean;
}

interface Person {
  readonly id: string;
  readonly email: string;
  readonly sessions: Session[];
  password: string;
  state: 'enabled' | 'disabled' | 'deleted';
}

const PEOPLE = 2;
const who = fc.nat(PEOPLE - 1);
const which = fc.nat(9);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('login' as const), who }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('refresh' as const), who, which, token: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('refresh newest' as const), who, which }) },
  fc.record({ do: fc.constant('logout' as const), who, which, everywhere: fc.boolean() }),
  fc.record({ do: fc.constant('revoke' as const), who, which }),
  fc.record({ do: fc.constant('revoke others' as const), who, which }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change password' as const), who, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset password' as const), who }) },
  fc.record({ do: fc.constant('revoke all' as const), who }),
  fc.record({ do: fc.constant('disable' as const), who }),
  fc.record({ do: fc.constant('enable' as const), who }),
  fc.record({ do: fc.constant('delete' as const), who }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, GRACE_MS - 1_000, GRACE_MS, MINUTE, 16 * MINUTE, 4 * 24 * 60 * MINUTE),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose the cache' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterAll(() => services.close());

const now = () => services.cognito.clock.now().getTime();
const isLive = (person: Person, session: Session) =>
  person.state === 'enabled' && !session.isEnded && session.expiresAt > now();
const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % (items.length || 1)];

async function newPerson(): Promise<Person> {
  return { ...(await services.person()), sessions: [], password: PASSWORD, state: 'enabled' };
}

async function login(person: Person): Promise<void> {
  if (person.state !== 'enabled') return;
  const signIn = await services.authentication.login(
    { email: person.email, password: person.password, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  person.sessions.push({
    id: signIn.viewer.session.id,
    expiresAt: signIn.viewer.session.expiresAt.getTime(),
    accessTokens: [signIn.accessToken],
    refreshTokens: [{ text: signIn.refreshToken ?? '', generation: 1 }],
    used: undefined,
    generationUsedAt: 0,
    isEnded: false,
  });
}

/** Brings any token that was ever given out, and expects what becomes of it. */
async function refresh(person: Person, session: Session, token: RefreshToken): Promise<void> {
  const { used } = session;
  const attempt = services.authentication.refreshTokens(token.text, ADDRESS);
  const isNewest = used === undefined || token.generation > used.generation;
  const isSibling = token.generation === used?.generation && now() - session.generationUsedAt < GRACE_MS;
  const isItsTurn = isNewest || isSibling || token === used;
  const isForgiven = token.tradedAt === undefined || now() - token.tradedAt < GRACE_MS;
  if (!isLive(person, session) || !isItsTurn || !isForgiven) {
    await expect(attempt).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    // Otherwise it was refused before anybody looked at the token.
    if (isLive(person, session)) session.isEnded = true;
    return;
  }
  const { accessToken, refreshToken } = await attempt;
  session.used = token;
  if (isNewest) session.generationUsedAt = now();
  token.tradedAt ??= now();
  session.accessTokens.push(accessToken);
  session.refreshTokens.push({ text: refreshToken ?? '', generation: token.generation + 1 });
}

/** The viewer that the newest token of a session makes; nothing where the session is over. */
async function viewerOf(session: Session) {
  const credential = await services.authentication.authenticate(`Bearer ${session.accessTokens.at(-1)}`);
  return credential.kind === 'viewer' ? credential.viewer : undefined;
}

let passwords = 0;
const newPassword = () => `Horse-battery-${++passwords}-Staple`;

/** By a mailed code, which goes to nobody who is disabled or was sent many. @returns whether there is a new password */
async function resetPassword({ email, ...person }: Person, chosen: string): Promise<boolean> {
  const { authentication, cognito } = services;
  const account = { email, userType: 'END_USER' as const };
  await authentication.forgotPassword(account);
  const code = (await cognito.lastCode(email)) ?? '000000';
  const attempt = authentication.resetPassword({ ...account, code, newPassword: chosen }, ADDRESS);
  const refusal = await refusalOf(attempt);
  if (refusal !== undefined) expect(['CODE_MISMATCH', 'ACCOUNT_LOCKED']).toContain(refusal[0]);
  else expect(person.state).toBe('enabled');
  return refusal === undefined;
}

const endAll = (person: Person, except?: Session) => {
  for (const session of person.sessions) session.isEnded ||= session !== except;
};

async function perform(action: Step, people: Person[]): Promise<void> {
  const { administration, authentication, sessions, cache } = services;
  if (action.do === 'wait') return services.cognito.clock.advance(action.ms);
  if (action.do === 'lose the cache') return cache.close();
  const person = people[action.who];
  if (person === undefined) return;
  if (action.do === 'login') return login(person);

  if ('which' in action) {
    const session = pick(person.sessions, action.which);
    if (session === undefined) return;
    if (action.do === 'refresh') {
      const token = pick(session.refreshTokens, action.token);
      if (token !== undefined) await refresh(person, session, token);
      return;
    }
    if (action.do === 'refresh newest') {
      const newest = session.refreshTokens.at(-1);
      if (newest !== undefined) await refresh(person, session, newest);
      return;
    }
    if (action.do === 'revoke') {
      await sessions.end(session.id, 'REVOKED');
      session.isEnded = true;
      return;
    }
    const viewer = await viewerOf(session);
    if (viewer === undefined) return;
    if (action.do === 'logout') {
      await authentication.logout(viewer, action);
      if (action.everywhere) endAll(person);
      else session.isEnded = true;
      return;
    }
    if (action.do === 'revoke others') {
      await sessions.endAllOf(person.id, 'REVOKED', { except: session.id });
    } else {
      const chosen = newPassword();
      const change = { currentPassword: person.password, newPassword: chosen, code: null };
      await authentication.changePassword(viewer, change, ADDRESS);
      person.password = chosen;
    }
    return endAll(person, session);
  }

  if (action.do === 'reset password') {
    const chosen = newPassword();
    if (!(await resetPassword(person, chosen))) return;
    person.password = chosen;
    return endAll(person);
  }
  if (person.state === 'deleted') return;
  switch (action.do) {
    case 'revoke all':
      await administration.revokeSessions(person.id);
      return endAll(person);
    case 'disable':
      await administration.disableUser(person.id);
      person.state = 'disabled';
      return endAll(person);
    case 'enable':
      await administration.enableUser(person.id);
      person.state = 'enabled';
      return;
    case 'delete':
      await administration.deleteUser(person.id);
      person.state = 'deleted';
      return endAll(person);
  }
}

/** No token of a session that is over is accepted, and each of one that is not, until it expires. */
async function checkAccessTokens(people: readonly Person[]): Promise<void> {
  for (const person of people) {
    for (const session of person.sessions) {
      for (const token of session.accessTokens) {
        const isGood = isLive(person, session) && (decodeJwt(token).exp ?? 0) > Math.floor(now() / 1_000);
        const { kind } = await services.authentication.authenticate(`Bearer ${token}`);
        expect(kind).toBe(isGood ? 'viewer' : 'rejected');
      }
    }
  }
}

/** The newest refresh token of each living session works, and none of the others brings one back. */
async function checkRefreshTokens(people: readonly Person[]): Promise<void> {
  for (const person of people) {
    for (const session of person.sessions) {
      const newest = session.refreshTokens.at(-1);
      if (isLive(person, session) && newest !== undefined) {
        await refresh(person, session, newest);
        expect(session.isEnded).toBe(false);
      } else {
        for (const token of session.refreshTokens) await refresh(person, session, token);
      }
    }
  }
}

it('whatever happens in whatever order, nothing brings an ended session back to life', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const people = await Promise.all(Array.from({ length: PEOPLE }, newPerson));
      await Promise.all(people.map(login));
      for (const action of steps) {
        await perform(action, people);
        await checkAccessTokens(people);
      }
      await checkRefreshTokens(people);
      await checkAccessTokens(people);
    }),
    { numRuns: 14 },
  );
}, 120_000);
