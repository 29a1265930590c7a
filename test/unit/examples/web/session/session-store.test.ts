import fc from 'fast-check';
import { expect, it } from 'vitest';

import { SESSION_KEY, type StoredSession } from '../../../../../examples/web/src/session/session-store.js';
import { Browser } from '../tabs.js';

const ONE: StoredSession = { id: 'one', accessToken: 'a', refreshToken: 'r' };
const TWO: StoredSession = { id: 'two', accessToken: 'b', refreshToken: 's' };

const unreached: typeof fetch = () => Promise.reject(new Error('Nobody asks.'));

it('is read by every tab, as the same object until it changes', () => {
  const browser = new Browser(unreached);
  const [first, second] = [browser.open().sessions, browser.open().sessions];
  first.begin(ONE);
  expect(second.read()).toEqual(ONE);
  expect(second.read()).toBe(second.read());
  first.renew(ONE, { accessToken: 'a2', refreshToken: 'r2' });
  expect(second.read()).toEqual({ id: 'one', accessToken: 'a2', refreshToken: 'r2' });
});

it('is neither renewed nor ended in the name of another', () => {
  const { sessions } = new Browser(unreached).open();
  sessions.begin(TWO);
  sessions.renew(ONE, { accessToken: 'a2', refreshToken: 'r2' });
  sessions.end(ONE);
  expect(sessions.read()).toEqual(TWO);
});

it('tells whoever listens of every change, and nobody who has stopped', () => {
  const { sessions } = new Browser(unreached).open();
  const seen: (string | undefined)[] = [];
  const stop = sessions.subscribe(() => seen.push(sessions.read()?.accessToken));
  sessions.begin(ONE);
  sessions.renew(ONE, { accessToken: 'a2', refreshToken: 'r2' });
  sessions.end(ONE);
  stop();
  sessions.begin(TWO);
  expect(seen).toEqual(['a', 'a2', undefined]);
});

it('is none where something else is stored', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('{"id":1,"accessToken":"a"}')), (text) => {
      const browser = new Browser(unreached);
      browser.stored.set(SESSION_KEY, text);
      expect(browser.open().sessions.read()).toBeNull();
    }),
  ));
