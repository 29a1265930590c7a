import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { startBrowser } from '../support/browser.js';
import { serveBuiltSite, type BuiltSite } from '../support/built-site.js';
import { FakeClock } from '../support/fake-clock.js';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.js';
import { RunningApp } from '../support/running-app.js';
import { enterPassword, lookAgain, photograph, WatchedPages } from '../support/watched-pages.js';

const clock = new FakeClock();
let app: RunningApp;
let proxy: RecordingProxy;
let site: BuiltSite;
let browser: Browser;
let pages: WatchedPages;
beforeAll(async () => {
  app = await RunningApp.start({}, { clock });
  proxy = await startRecordingProxy(`${app.url}/graphql`);
  site = await serveBuiltSite({ portcullisUrl: proxy.url });
  browser = await startBrowser();
  pages = new WatchedPages(browser, site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await proxy.close();
  await app.stop();
});
afterEach(async () => {
  await pages.close();
  expect(pages.complaints.splice(0)).toEqual([]);
});

const ENDED = 'You are signed out: your session has ended.';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** For a machine that has other tests to run. */
const SOON = { timeout: 30_000 };

/** Opens a tab of somebody who signs in there, and waits for all that is in it. */
async function signedIn(name: 'admin' | 'bob', context?: BrowserContext): Promise<Page> {
  const page = await pages.open(context);
  const email = `${name}@example.com`;
  await enterPassword(page, { email, password: app.passwordOf(email), isAdmin: name === 'admin' });
  await untilShown(page);
  return page;
}

const untilShown = (page: Page) => page.getByText('This one').waitFor();

/** The names of the operations that came by, each as often as it did. */
const operations = () =>
  proxy.requests.map(({ query }) => /(?:query|mutation) (\w+)/.exec(query)?.[1]).sort();

describe('tokens that have run out', () => {
  it('are refreshed once for all that the page asks at the same time, and nobody notices', async () => {
    const page = await signedIn('admin');
    await page.getByRole('button', { name: 'Disable Alice Archer' }).waitFor();
    clock.advance(16 * MINUTE);
    proxy.requests.length = 0;
    await lookAgain(page);
    const twice = ['MySessions', 'MySessions', 'People', 'People', 'Viewer', 'Viewer'];
    await vi.waitFor(
      () => expect(operations().filter((name) => name !== 'RefreshTokens')).toEqual(twice),
      SOON,
    );
    expect(operations().filter((name) => name === 'RefreshTokens')).toHaveLength(1);

    // They go on with it.
    await page.getByRole('button', { name: 'Disable Alice Archer' }).waitFor();
    proxy.requests.length = 0;
    await page.reload();
    await untilShown(page);
    await page.getByRole('button', { name: 'Disable Alice Archer' }).waitFor();
    expect(operations()).toEqual(['MySessions', 'People', 'Viewer']);
  });

  it('are refreshed once for all tabs', async () => {
    const context = await pages.newPerson();
    const first = await signedIn('bob', context);
    const tabs = [first, await pages.open(context), await pages.open(context)];
    for (const tab of tabs) await untilShown(tab);
    clock.advance(16 * MINUTE);
    proxy.requests.length = 0;
    await Promise.all(tabs.map(lookAgain));
    await vi.waitFor(
      () => expect(operations().filter((name) => name === 'MySessions')).toHaveLength(6),
      SOON,
    );
    expect(operations().filter((name) => name === 'RefreshTokens')).toHaveLength(1);
    for (const tab of tabs) await untilShown(tab);
  });

  it('sign out everywhere where they cannot be refreshed any more', async () => {
    const context = await pages.newPerson();
    const tabs = [await signedIn('bob', context), await pages.open(context)];
    for (const tab of tabs) await untilShown(tab);
    clock.advance(8 * DAY);
    proxy.requests.length = 0;
    await lookAgain(tabs[0]!);
    for (const tab of tabs) await tab.getByText(ENDED).waitFor();
    expect(operations().filter((name) => name === 'RefreshTokens')).toHaveLength(1);
    expect(await tabs[0]!.evaluate('localStorage.length')).toBe(0);
  });
});

describe('my sessions', () => {
  it('are listed, and one that is ended is signed out where it is', async () => {
    const here = await signedIn('bob');
    clock.advance(1_000);
    const there = await signedIn('bob');
    await here.reload();
    await here.getByRole('button', { name: 'End all other sessions' }).waitFor();
    const rows = here.getByRole('region', { name: 'My sessions' }).locator(':scope > ul > li');
    expect(await rows.allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Chrom\w+ \d+ on Linux\s+127\.0\.0\.1/)]),
    );
    await photograph(here, 'my-sessions');

    const count = await rows.count();
    // The newest one is the other's.
    await rows.first().getByRole('button', { name: /^End/ }).click();
    await here.getByText(/^The session on .* has ended\.$/).waitFor();
    expect(await rows.count()).toBe(count - 1);
    await lookAgain(there);
    await there.getByText(ENDED).waitFor();
    await lookAgain(here);
    await untilShown(here);
  });

  it('are all ended but this one by one button', async () => {
    const [there, here] = [await signedIn('bob'), await signedIn('bob')];
    await here.getByRole('button', { name: 'End all other sessions' }).click();
    await here.getByText(/sessions? ha(s|ve) ended\.$/).waitFor();
    expect(await here.getByRole('button', { name: /^End/ }).count()).toBe(0);
    await lookAgain(there);
    await there.getByText(ENDED).waitFor();
  });

  it('end by signing out, in all tabs', async () => {
    const context = await pages.newPerson();
    const [first, second] = [await signedIn('bob', context), await pages.open(context)];
    await untilShown(second);
    const { authorization = '' } = proxy.requests.at(-1)?.headers ?? {};
    await first.getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [first, second]) await tab.getByText(ENDED).waitFor();
    const { faults } = await app.ask('{ me { id } }', { headers: { authorization } });
    expect(faults).toEqual(['UNAUTHENTICATED at me']);
  });
});

it('says so when the service cannot be reached, and goes on when it can', async () => {
  const page = await signedIn('bob');
  await page.context().setOffline(true);
  await lookAgain(page);
  await page.getByRole('alert').first().getByText('The server did not answer.').waitFor();
  await untilShown(page);
  // It sees by itself that the network is back.
  await page.context().setOffline(false);
  await vi.waitFor(async () => expect(await page.getByRole('alert').count()).toBe(0), SOON);
  expectOnlyOutages();
});

it('forgets the tokens in all tabs though the service cannot be told, and says that the session lives on', async () => {
  const context = await pages.newPerson();
  const [first, second] = [await signedIn('bob', context), await pages.open(context)];
  await untilShown(second);
  const { authorization = '' } = proxy.requests.at(-1)?.headers ?? {};
  await context.setOffline(true);
  await first.getByRole('button', { name: 'Sign out' }).click();
  await first.getByRole('status').getByText('the session lives on').waitFor();
  await second.getByText(ENDED).waitFor();
  expect(await first.evaluate('localStorage.length')).toBe(0);
  const { faults } = await app.ask('{ me { id } }', { headers: { authorization } });
  expect(faults).toEqual([]);
  expectOnlyOutages();
});

it('keeps a session in the tab where the browser stores nothing, and refreshes it once', async () => {
  const context = await pages.newPerson();
  await context.addInitScript(`
    const blocked = () => new DOMException('Access is denied for this document.', 'SecurityError');
    Object.defineProperty(window, 'localStorage', { get() { throw blocked(); } });
    Object.defineProperty(navigator, 'locks', { value: { request: () => Promise.reject(blocked()) } });
  `);
  const page = await signedIn('bob', context);
  clock.advance(16 * MINUTE);
  proxy.requests.length = 0;
  await lookAgain(page);
  await vi.waitFor(
    () => expect(operations()).toEqual(['MySessions', 'MySessions', 'RefreshTokens', 'Viewer', 'Viewer']),
    SOON,
  );
  await untilShown(page);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

it('offers to load the page again where an answer is not what was promised', async () => {
  const page = await signedIn('bob');
  await page.route('**/graphql', (route) => route.fulfill({ json: { data: { me: {} } } }));
  await page.reload();
  await page.getByRole('alert').getByText('Something went wrong on this page').waitFor();
  await photograph(page, 'page-failed');
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Reload' }).click();
  await untilShown(page);
  // React tells the console what was thrown.
  expect(pages.complaints.splice(0)).toEqual([expect.stringContaining('TypeError')]);
});

/** The browser says, too, what it could not load. */
function expectOnlyOutages(): void {
  expect(pages.complaints.splice(0).filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual(
    [],
  );
}
