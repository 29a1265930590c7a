import { expect, it } from 'vitest';

import { signOut } from '../../../../../examples/web/src/session/sign-out.js';
import { Browser } from '../tabs.js';
import { unauthenticated } from '../token-service.js';

const SESSION = { id: 'one', accessToken: 'a', refreshToken: 'r' };

/** Signs out in one of two tabs, of a service that answers so. */
async function leave(fetch: typeof globalThis.fetch) {
  const browser = new Browser(fetch);
  const { ask, sessions } = browser.open();
  browser.open();
  sessions.begin(SESSION);
  const isHeard = await signOut(ask, sessions);
  return { isHeard, sessions: browser.sessions(), stored: browser.stored.size };
}

const refused = (code: string) => ({ data: null, errors: [{ message: 'No.', extensions: { code } }] });

it.each([
  ['hears it', true, async () => Response.json({ data: { logout: true } })],
  ['has ended the session already', true, async () => Response.json(unauthenticated('logout'))],
  ['cannot be reached', false, () => Promise.reject(new TypeError('Failed to fetch'))],
  ['answers a page of a proxy', false, async () => new Response('<h1>502</h1>', { status: 502 })],
  ['cannot do it now', false, async () => Response.json(refused('UPSTREAM_UNAVAILABLE'))],
  ['has had enough', false, async () => Response.json(refused('RATE_LIMITED'))],
])('forgets the tokens in all tabs, and says what is so, where the service %s', async (_, isHeard, fetch) => {
  expect(await leave(fetch)).toEqual({ isHeard, sessions: [null], stored: 0 });
});
