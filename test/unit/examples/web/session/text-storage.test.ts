import { expect, it } from 'vitest';

import { SessionStore } from '../../../../../examples/web/src/session/session-store.js';
import { MemoryStorage, tryStorage } from '../../../../../examples/web/src/session/text-storage.js';

it('is none where the browser lets the page have none', () => {
  const blocked = tryStorage(() => {
    throw new DOMException('The user has blocked it.', 'SecurityError');
  });
  expect(blocked).toBeNull();
});

it('is the one that the browser has', () => {
  const storage = new MemoryStorage();
  expect(tryStorage(() => storage)).toBe(storage);
});

it('in memory keeps a session until that ends', () => {
  const sessions = new SessionStore(new MemoryStorage());
  const session = { id: 'one', accessToken: 'a', refreshToken: 'r' };
  expect(sessions.read()).toBeNull();
  sessions.begin(session);
  expect(sessions.read()).toEqual(session);
  sessions.end(session);
  expect(sessions.read()).toBeNull();
});
