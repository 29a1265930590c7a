import pino from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { PortcullisError, type ErrorCode } from '../../../../src/errors.js';
import type { Attempts } from '../../../../src/services/rate-limiting/attempts.js';
import { createAttempts } from '../../../../src/services/rate-limiting/create-attempts.js';
import type { AttemptStore } from '../../../../src/services/rate-limiting/attempt-store.js';
import { createLimitSubjects } from '../../../../src/services/rate-limiting/limit-subjects.js';
import { createMemoryAttemptStore } from '../../../../src/services/rate-limiting/memory-attempt-store.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import type { SecurityEvent } from '../../../../src/services/security-events/security-events.js';
import { FakeClock } from '../../../support/fake-clock.js';

const ALICE = { userType: 'END_USER', name: 'alice@example.com' } as const;
const from = (ipAddress: string | null) => ({ ipAddress, userAgent: null });
const HOME = from('192.0.2.1');

let clock: FakeClock;
let store: AttemptStore;
let attempts: Attempts;
let events: SecurityEvent[];
let logged: string;

beforeEach(() => {
  clock = new FakeClock();
  store = createMemoryAttemptStore({ clock, randomness: systemRandomness });
  events = [];
  logged = '';
  attempts = createAttempts({
    store,
    subjects: createLimitSubjects(Buffer.alloc(32, 7)),
    securityEvents: { report: (event) => void events.push(event) },
    logger: pino({}, { write: (line: string) => void (logged += line) }),
  });
});

const failWith = (code: ErrorCode) => async () => {
  throw new PortcullisError(code, 'no');
};
const fail = async (times: number, client = HOME, code: ErrorCode = 'INVALID_CREDENTIALS') => {
  for (let time = 0; time < times; time += 1) {
    await expect(attempts.guard('password', ALICE, client, failWith(code))).rejects.toMatchObject({ code });
  }
};
const succeed = (client = HOME, account: Parameters<Attempts['guard']>[1] = ALICE) =>
  attempts.guard('password', account, client, async () => 'in');

describe('a locked account', () => {
  test('is refused without a try, and says when it makes sense again', async () => {
    await fail(5);
    const attempt = vi.fn(async () => 'in');
    clock.advance(500);
    await expect(attempts.guard('password', ALICE, HOME, attempt)).rejects.toMatchObject({
      code: 'ACCOUNT_LOCKED',
      retryAfter: 60,
      retryable: true,
    });
    expect(attempt).not.toHaveBeenCalled();
    clock.advance(59_499);
    await expect(succeed()).rejects.toMatchObject({ retryAfter: 1 });
    clock.advance(1);
    expect(await succeed()).toBe('in');
  });

  test('is reported once, without its name', async () => {
    await fail(5);
    await expect(succeed()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
    expect(events).toEqual([
      {
        type: 'ACCOUNT_LOCKED',
        kind: 'password',
        userType: 'END_USER',
        account: expect.stringMatching(/^[\w-]{22}$/) as string,
        from: 'ONE_ADDRESS',
        seconds: 60,
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/alice|192\.0/);
  });

  test('is reported for everybody once several addresses have failed', async () => {
    for (const last of [1, 2, 3, 4]) await fail(5, from(`198.51.100.${last}`));
    expect(events.map((event) => event.type === 'ACCOUNT_LOCKED' && event.from)).toEqual([
      'ONE_ADDRESS',
      'ONE_ADDRESS',
      'ONE_ADDRESS',
      'ANYWHERE',
    ]);
    await expect(succeed()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED', retryAfter: 60 });
  });

  test('is open to its owner elsewhere, in the other pool, and for codes', async () => {
    await fail(5);
    expect(await succeed(from('203.0.113.9'))).toBe('in');
    expect(await succeed(HOME, { ...ALICE, userType: 'ADMIN' })).toBe('in');
    expect(await attempts.guard('code', ALICE, HOME, async () => 'in')).toBe('in');
  });

  test('is locked for a whole network of IPv6, and for all whose address nobody knows', async () => {
    await fail(3, from('2001:db8::1'));
    await fail(2, from('2001:db8::ffff:2'));
    await expect(succeed(from('2001:db8::3'))).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
    expect(await succeed(from('2001:db8:0:1::3'))).toBe('in');
    await fail(5, from(null));
    await expect(succeed(from(null))).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
  });
});

test.each(['INVALID_CREDENTIALS', 'CODE_MISMATCH'] as const)('%s counts', async (code) => {
  await fail(5, HOME, code);
  await expect(succeed()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
});

test.each(['UPSTREAM_UNAVAILABLE', 'ACCOUNT_LOCKED', 'USER_NOT_CONFIRMED', 'CODE_EXPIRED'] as const)(
  '%s does not count',
  async (code) => {
    await fail(20, HOME, code);
    expect(await succeed()).toBe('in');
  },
);

test('a right password does not forgive wrong codes', async () => {
  const wrongCode = () => attempts.guard('code', ALICE, HOME, failWith('CODE_MISMATCH'));
  for (let time = 0; time < 4; time += 1) await expect(wrongCode()).rejects.toThrow();
  await succeed();
  await expect(wrongCode()).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
  await expect(wrongCode()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
});

test('fifty tries at once are five', async () => {
  const attempt = vi.fn(failWith('INVALID_CREDENTIALS'));
  const tries = await Promise.allSettled(
    Array.from({ length: 50 }, () => attempts.guard('password', ALICE, HOME, attempt)),
  );
  expect(attempt).toHaveBeenCalledTimes(5);
  expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
});

test('where tries cannot be counted none is made', async () => {
  vi.spyOn(store, 'begin').mockRejectedValue(new PortcullisError('UPSTREAM_UNAVAILABLE', 'away'));
  const attempt = vi.fn(async () => 'in');
  await expect(attempts.guard('password', ALICE, HOME, attempt)).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
  expect(attempt).not.toHaveBeenCalled();
});

test('an outcome that cannot be noted is the same outcome, and the try stays a failed one', async () => {
  const settle = vi
    .spyOn(store, 'settle')
    .mockRejectedValue(new PortcullisError('UPSTREAM_UNAVAILABLE', 'x'));
  expect(await succeed()).toBe('in');
  expect(logged).toContain('not noted');
  settle.mockRestore();
  await fail(4);
  await expect(succeed()).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
});
