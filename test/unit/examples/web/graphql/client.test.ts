import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Failure } from '../../../../../examples/web/src/graphql/failure.js';
import { SignOutDocument } from '../../../../../examples/web/src/operations/generated.js';
import type { StoredSession } from '../../../../../examples/web/src/session/session-store.js';
import { Browser, type Tab } from '../tabs.js';
import { TokenService, textOf, unauthenticated } from '../token-service.js';

const EXPIRED: StoredSession = { id: 'one', accessToken: 'access-0', refreshToken: 'refresh-0' };
const OTHER: StoredSession = { id: 'two', accessToken: 'access-other', refreshToken: 'refresh-other' };

/** So many tabs with so many requests each, sent at once. */
const requests = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

const signOut = ({ ask }: Tab) => ask(SignOutDocument, {});

const codeOf = (error: unknown) => (error instanceof Failure ? error.code : error);

function start(fetch: (service: TokenService) => typeof globalThis.fetch = (service) => service.fetch) {
  const service = new TokenService(EXPIRED);
  const browser = new Browser(fetch(service));
  const tab = browser.open();
  tab.sessions.begin(EXPIRED);
  return { service, browser, tab };
}

/** Answers the same to every operation, whatever its token; refreshes go well. */
function answering(answer: () => Response) {
  return start((service) => async (url, init) => {
    const response = await service.fetch(url, init);
    return textOf(init).includes('refreshTokens') ? response : answer();
  });
}

describe('an access token that has run out', () => {
  it('is refreshed once for all requests of all tabs, in whatever order the answers come', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), requests, async (scheduler, counts) => {
        const { service, browser, tab } = start(({ fetch }) => scheduler.scheduleFunction(fetch));
        const tabs = counts.map((_, index) => (index === 0 ? tab : browser.open()));
        const asked = tabs.flatMap((each, index) =>
          Array.from({ length: counts[index]! }, () => signOut(each)),
        );
        const answers = await scheduler.waitFor(Promise.all(asked));

        expect(new Set(answers.map(({ logout }) => logout))).toEqual(new Set([true]));
        expect(service.refreshes.map(({ variables }) => variables)).toEqual([{ refreshToken: 'refresh-0' }]);
        expect(service.operations.length).toBeLessThanOrEqual(2 * asked.length);
        expect(browser.sessions()).toEqual([
          { id: 'one', accessToken: 'access-1', refreshToken: 'refresh-1' },
        ]);
      }),
    ));

  it('signs out everywhere where its refresh is refused, and asks for that once', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), requests, async (scheduler, counts) => {
        const { service, browser, tab } = start(({ fetch }) => scheduler.scheduleFunction(fetch));
        service.refuseRefresh = () => unauthenticated('refreshTokens');
        const tabs = counts.map((_, index) => (index === 0 ? tab : browser.open()));
        const asked = tabs.flatMap((each, index) =>
          Array.from({ length: counts[index]! }, () => signOut(each).catch(codeOf)),
        );
        const answers = await scheduler.waitFor(Promise.all(asked));

        expect(new Set(answers)).toEqual(new Set(['UNAUTHENTICATED']));
        expect(service.refreshes).toHaveLength(1);
        expect(service.operations).toHaveLength(asked.length);
        expect(browser.sessions()).toEqual([null]);
        expect(browser.stored.size).toBe(0);
      }),
    ));

  it.each([
    ['no answer', () => undefined, 'UNREACHABLE'],
    [
      'RATE_LIMITED',
      () => ({ data: null, errors: [{ message: 'Too often.', extensions: { code: 'RATE_LIMITED' } }] }),
      'RATE_LIMITED',
    ],
  ])(
    'stays signed in where its refresh comes to %s, and refreshes with the next request',
    async (_, refuse, code) => {
      const { service, browser, tab } = start();
      service.refuseRefresh = refuse;
      expect(await signOut(tab).catch(codeOf)).toBe(code);
      expect(browser.sessions()).toEqual([EXPIRED]);
      service.refuseRefresh = null;
      expect(await signOut(tab)).toMatchObject({ logout: true });
    },
  );

  it('keeps its refresh token where no other comes', async () => {
    const { service, browser, tab } = start();
    service.rotates = false;
    expect(await signOut(tab)).toMatchObject({ logout: true });
    expect(browser.sessions()).toEqual([{ id: 'one', accessToken: 'access-1', refreshToken: 'refresh-0' }]);
  });

  it.each([
    ['signs out', null],
    ['signs in as somebody else', OTHER],
  ])('brings nothing back when somebody %s while it is refreshed', async (_, next) => {
    const { service, browser, tab } = start((service) => async (url, init) => {
      const response = await service.fetch(url, init);
      if (service.refreshes.length > 0) {
        tab.sessions.end(EXPIRED);
        if (next !== null) tab.sessions.begin(next);
      }
      return response;
    });
    expect(await signOut(tab).catch(codeOf)).toBe('UNAUTHENTICATED');
    expect(browser.sessions()).toEqual([next]);
    // What one person has asked is not repeated as another.
    expect(service.operations).toHaveLength(1);
  });

  it('is not refreshed for who has signed in as somebody else since it was sent', async () => {
    const { service, browser, tab } = start((service) => async (url, init) => {
      tab.sessions.begin(OTHER);
      return service.fetch(url, init);
    });
    expect(await signOut(tab).catch(codeOf)).toBe('UNAUTHENTICATED');
    expect([service.sent.length, browser.sessions()]).toEqual([1, [OTHER]]);
  });
});

describe('an operation', () => {
  const root = { path: ['logout'] };
  const refusal = (code: string, more: object = root) =>
    Response.json({ data: null, errors: [{ message: 'No.', ...more, extensions: { code } }] });

  it('is sent twice at most, and a second time only where its token was refused', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom('UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'CONFLICT'),
        async (code) => {
          const { service, tab } = answering(() => refusal(code));
          expect(await signOut(tab).catch(codeOf)).toBe(code);
          expect(service.operations).toHaveLength(code === 'UNAUTHENTICATED' ? 2 : 1);
          expect(service.refreshes).toHaveLength(code === 'UNAUTHENTICATED' ? 1 : 0);
        },
      ),
    ));

  it('ends the session where a fresh token is refused as well', async () => {
    const { browser, tab } = answering(() => refusal('UNAUTHENTICATED'));
    await signOut(tab).catch(codeOf);
    expect(browser.sessions()).toEqual([null]);
  });

  it('is not repeated where a part of it has run', async () => {
    const { service, tab } = answering(() => refusal('UNAUTHENTICATED', { path: ['disableUser', 'email'] }));
    expect(await signOut(tab).catch(codeOf)).toBe('UNAUTHENTICATED');
    expect(service.sent).toHaveLength(1);
  });

  it.each([
    ['a page', () => new Response('<h1>502 Bad Gateway</h1>', { status: 502 })],
    ['half an answer', () => new Response('{"data":{"logout":tr')],
    ['something else', () => Response.json({ message: 'Hello' })],
    ['nothing', () => Response.error()],
  ])('is UNREACHABLE, and not repeated, where %s comes back', async (_, answer) => {
    const { service, browser, tab } = answering(answer);
    expect(await signOut(tab).catch(codeOf)).toBe('UNREACHABLE');
    expect([service.sent.length, browser.sessions()]).toEqual([1, [EXPIRED]]);
  });

  it('carries no token where nobody is signed in, and refreshes none', async () => {
    const { service, tab } = start();
    tab.sessions.end(EXPIRED);
    expect(await signOut(tab).catch(codeOf)).toBe('UNAUTHENTICATED');
    expect(service.sent.map(({ token }) => token)).toEqual([undefined]);
  });

  it('tells the seconds and the facts of a failure', async () => {
    const extensions = {
      code: 'RATE_LIMITED',
      retry: { retryable: true, retryAfter: 42 },
      details: { a: 1 },
    };
    const { tab } = answering(() =>
      Response.json({ data: null, errors: [{ message: 'Too often.', extensions }] }),
    );
    await expect(signOut(tab)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Too often.',
      retryAfter: 42,
      details: { a: 1 },
    });
  });
});
