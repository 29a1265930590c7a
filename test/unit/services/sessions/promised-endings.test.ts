import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { PortcullisError } from '../../../../src/errors.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';
import type { Database } from '../../../../src/services/database/database.js';
import { promisedEndings } from '../../../../src/services/database/schema/identity.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createDatabaseSessionStore } from '../../../../src/services/sessions/database-session-store.js';
import {
  createPromisedEndings,
  type PromisedEndings,
} from '../../../../src/services/sessions/promised-endings.js';
import type { SessionRecord, SessionStore } from '../../../../src/services/sessions/session.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';

const MINUTE = 60_000;
const clock = new FakeClock();
const foundations = { clock, randomness: systemRandomness, logger: pino({ level: 'silent' }) };
let database: Database;
let sessions: SessionStore;
let endings: PromisedEndings;

/** Another instance on the same database. */
const instance = (changes: Partial<Pick<SessionStore, 'endAllOf'>> = {}): PromisedEndings =>
  createPromisedEndings({ ...foundations, db: database.db, sessions: { ...sessions, ...changes } });

beforeAll(async () => {
  database = await openTestDatabase();
  const refreshTokenKey = systemRandomness.bytes(32);
  const cache = new MemoryCache({ clock });
  sessions = createDatabaseSessionStore({ ...foundations, db: database.db, cache, refreshTokenKey });
  endings = instance();
});
afterAll(() => database.close());

const start = (userId: string): Promise<SessionRecord> =>
  sessions.start({
    family: systemRandomness.uuid(),
    userId,
    userType: 'END_USER',
    expiresAt: new Date(clock.now().getTime() + 60 * MINUTE),
    mfaAuthenticated: false,
    refreshToken: systemRandomness.uuid(),
    ipAddress: null,
    userAgent: null,
  });
const reasonOf = async ({ id }: SessionRecord) => (await sessions.find(id))?.endReason;
const onRecord = () => database.db.select().from(promisedEndings);

async function twoSessions() {
  const userId = systemRandomness.uuid();
  const [one, other] = [await start(userId), await start(userId)];
  return { userId, one, other, ending: { userId, reason: 'PASSWORD_CHANGED', except: one.id } as const };
}

test('a change is made, then sessions end, and nothing stays on record', async () => {
  const { one, other, ending } = await twoSessions();
  const { result, end } = await endings.before(ending, async () => {
    expect(await onRecord()).toHaveLength(1);
    return 'made';
  });
  expect(result).toBe('made');
  expect(await reasonOf(other)).toBeNull();
  expect(await end()).toBe(1);
  expect(await reasonOf(other)).toBe('PASSWORD_CHANGED');
  expect(await reasonOf(one)).toBeNull();
  expect(await onRecord()).toEqual([]);
});

/** An exception of Cognito's, as the SDK hands it on. */
const answered = ({ name = 'CodeMismatchException', httpStatusCode = 400, attempts = 1 }) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode, attempts } });

test.each([
  ['is lost', new PortcullisError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: new Error('ETIMEDOUT') })],
  [
    'is a fault',
    new PortcullisError('UPSTREAM_UNAVAILABLE', 'Down.', { cause: answered({ httpStatusCode: 500 }) }),
  ],
  [
    'was lost, and the next says that the code is used',
    new PortcullisError('CODE_MISMATCH', 'Wrong.', {
      cause: answered({ name: 'ExpiredCodeException', attempts: 2 }),
    }),
  ],
  [
    'was lost, and the next says that the password is another',
    new PortcullisError('INVALID_CREDENTIALS', 'Wrong.', {
      cause: answered({ name: 'NotAuthorizedException', attempts: 2 }),
    }),
  ],
])('a change whose answer %s is taken to be made', async (_what, lost) => {
  const { one, other, ending } = await twoSessions();
  await expect(endings.before(ending, () => Promise.reject(lost))).rejects.toBe(lost);
  clock.advance(MINUTE);
  await endings.keepOverdue();
  expect([await reasonOf(one), await reasonOf(other)]).toEqual([null, 'PASSWORD_CHANGED']);
});

test('a wrong code is a wrong code, however often Cognito was busy before', async () => {
  const { other, ending } = await twoSessions();
  const refused = new PortcullisError('CODE_MISMATCH', 'Wrong.', { cause: answered({ attempts: 2 }) });
  await expect(endings.before(ending, () => Promise.reject(refused))).rejects.toBe(refused);
  clock.advance(MINUTE);
  await endings.keepOverdue();
  expect(await reasonOf(other)).toBeNull();
});

test('a change that is refused ends nothing, now or later', async () => {
  const { one, other, ending } = await twoSessions();
  const refused = new PortcullisError('CODE_MISMATCH', 'The code is wrong.', { cause: answered({}) });
  await expect(endings.before(ending, () => Promise.reject(refused))).rejects.toBe(refused);
  clock.advance(10 * MINUTE);
  await endings.keepOverdue();
  expect([await reasonOf(one), await reasonOf(other)]).toEqual([null, null]);
  expect(await onRecord()).toEqual([]);
});

test('what a process dies before is done by another, a minute later', async () => {
  const { one, other, ending } = await twoSessions();
  await instance().before(ending, async () => undefined);
  clock.advance(MINUTE - 1);
  await endings.keepOverdue();
  expect(await reasonOf(other)).toBeNull();
  clock.advance(1);
  await Promise.all([endings.keepOverdue(), instance().keepOverdue()]);
  expect(await reasonOf(other)).toBe('PASSWORD_CHANGED');
  expect(await reasonOf(one)).toBeNull();
  expect(await onRecord()).toEqual([]);
});

test('what began well after the change goes on', async () => {
  const { userId, other, ending } = await twoSessions();
  await instance().before(ending, async () => undefined);
  clock.advance(29_999);
  const doubtful = await start(userId);
  clock.advance(1);
  const later = await start(userId);
  clock.advance(30_000);
  await endings.keepOverdue();
  expect([await reasonOf(other), await reasonOf(doubtful)]).toEqual(['PASSWORD_CHANGED', 'PASSWORD_CHANGED']);
  expect(await reasonOf(later)).toBeNull();
});

test('one that fails keeps back no other', async () => {
  const [first, second] = [await twoSessions(), await twoSessions()];
  for (const { ending } of [first, second]) await instance().before(ending, async () => undefined);
  clock.advance(MINUTE);
  await instance({
    endAllOf: (userId, ...rest) =>
      userId === first.userId
        ? Promise.reject(new Error('The cache is down.'))
        : sessions.endAllOf(userId, ...rest),
  }).keepOverdue();
  expect([await reasonOf(first.other), await reasonOf(second.other)]).toEqual([null, 'PASSWORD_CHANGED']);
});

test('what fails is done later, and looking for it fails for nobody', async () => {
  const { other, ending } = await twoSessions();
  const broken = instance({ endAllOf: () => Promise.reject(new Error('The database is down.')) });
  const { end } = await broken.before(ending, async () => undefined);
  await expect(end()).rejects.toThrow('down');
  clock.advance(MINUTE);
  await broken.keepOverdue();
  expect(await reasonOf(other)).toBeNull();
  await endings.keepOverdue();
  expect(await reasonOf(other)).toBe('PASSWORD_CHANGED');
});
