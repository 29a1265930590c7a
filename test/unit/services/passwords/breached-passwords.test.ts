import { createHash } from 'node:crypto';

import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createIsBreached } from '../../../../src/services/passwords/breached-passwords.js';
import { startBreachedPasswords, type BreachedPasswordsServer } from '../../../support/breached-passwords.js';
import { FakeClock } from '../../../support/fake-clock.js';

const KNOWN = 'Tr0ub4dor&3-of-2011';
const MINUTE = 60_000;

let server: BreachedPasswordsServer;
beforeAll(async () => {
  server = await startBreachedPasswords([KNOWN, 'Пароль-Ünïcode-1']);
});
beforeEach(() => {
  server.behave('answers');
  server.asked.length = 0;
});
afterAll(() => server.close());

const lines: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
const make = (baseUrl = server.url, clock = new FakeClock()) => {
  lines.length = 0;
  return { clock, isBreached: createIsBreached({ baseUrl, clock, logger }) };
};

describe('breached passwords', () => {
  test('are found, and others not', async () => {
    const { isBreached } = make(`${server.url}/`);
    expect(await isBreached(KNOWN)).toBe(true);
    expect(await isBreached('Пароль-Ünïcode-1')).toBe(true);
    expect(await isBreached('Correct-Horse-9-Battery')).toBe(false);
    expect(lines).toEqual([]);
  });

  test('are asked for by five digits of their SHA-1 alone, with padding', async () => {
    const { isBreached } = make();
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }), async (password) => {
        server.asked.length = 0;
        await isBreached(password);
        const digits = createHash('sha1').update(password).digest('hex').slice(0, 5).toUpperCase();
        expect(server.asked).toEqual([{ path: `/range/${digits}?mode=sha1`, padded: true }]);
      }),
      { numRuns: 25 },
    );
  });

  test('count as none while they cannot be asked for, and each pause is longer than the last', async () => {
    const { isBreached, clock } = make();
    server.behave('fails');
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      server.asked.length = 0;
      expect(await isBreached(KNOWN)).toBe(false);
      clock.advance(minutes * MINUTE - 1);
      expect(await isBreached(KNOWN)).toBe(false);
      expect(server.asked).toHaveLength(1);
      clock.advance(1);
    }
    server.behave('answers');
    expect(await isBreached(KNOWN)).toBe(true);
    // All is forgotten: the next pause is the first again.
    server.behave('fails');
    expect(await isBreached(KNOWN)).toBe(false);
    server.behave('answers');
    clock.advance(MINUTE);
    expect(await isBreached(KNOWN)).toBe(true);
  });

  test('of several that fail at once, one failure counts, and what is logged tells nothing', async () => {
    const { isBreached, clock } = make();
    server.behave('fails');
    expect(await Promise.all([KNOWN, KNOWN, KNOWN].map(isBreached))).toEqual([false, false, false]);
    clock.advance(MINUTE);
    server.behave('answers');
    expect(await isBreached(KNOWN)).toBe(true);
    expect(lines).toHaveLength(1);
    const digest = createHash('sha1').update(KNOWN).digest('hex').toUpperCase();
    expect(lines[0]).not.toContain(KNOWN);
    expect(lines[0]).not.toContain(digest.slice(0, 5));
  });

  test('keep nobody waiting for a server that does not answer, nor for one that is not there', async () => {
    server.behave('hangs');
    const slow = make();
    expect(await slow.isBreached(KNOWN)).toBe(false);
    expect(await slow.isBreached(KNOWN)).toBe(false);
    expect(server.asked).toHaveLength(1);
    expect(await make('http://127.0.0.1:9').isBreached(KNOWN)).toBe(false);
  });
});
