import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { Authenticator, wrongCode } from '../support/authenticator.js';
import { startBrowser } from '../support/browser.js';
import { serveBuiltSite, type BuiltSite } from '../support/built-site.js';
import { FakeClock } from '../support/fake-clock.js';
import { readQrCode } from '../support/qr-code.js';
import { PASSWORD, RunningApp } from '../support/running-app.js';
import { enterPassword, photograph, WatchedPages } from '../support/watched-pages.js';

const clock = new FakeClock();
let app: RunningApp;
let site: BuiltSite;
let browser: Browser;
let pages: WatchedPages;
beforeAll(async () => {
  app = await RunningApp.start({}, { clock });
  site = await serveBuiltSite({ portcullisUrl: app.url });
  browser = await startBrowser();
  pages = new WatchedPages(browser, site.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await app.stop();
});
afterEach(async () => {
  await pages.close();
  expect(pages.complaints.splice(0)).toEqual([]);
});

const rowOf = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function signInAs(name: 'admin' | 'auditor', page: Page): Promise<void> {
  const email = `${name}@example.com`;
  await enterPassword(page, { email, password: app.passwordOf(email), isAdmin: true });
  await page.getByRole('heading', { name: 'People' }).waitFor();
}

/** Reads the QR code that is shown, and sets an authenticator up with it. */
async function scan(page: Page): Promise<Authenticator> {
  const image = page.getByRole('img', { name: 'QR code for an authenticator' });
  const uri = new URL(readQrCode((await image.getAttribute('src')) ?? '') ?? '');
  const secret = uri.searchParams.get('secret') ?? '';
  expect((await page.locator('code').innerText()).replaceAll(' ', '')).toBe(secret);
  return new Authenticator(secret);
}

async function bringCode(page: Page, code: string): Promise<void> {
  await page.locator('input[name=code]:focus').fill(code);
  await page.keyboard.press('Enter');
}

describe('signing in', () => {
  it('takes a password, and says when it is wrong', async () => {
    const page = await pages.open();
    await enterPassword(page, { email: 'alice@example.com', password: PASSWORD });
    await expectAlert(page, 'The email address or the password is wrong.');
    await page.locator('input[name=password]:focus').fill(app.passwordOf('alice@example.com'));
    await page.keyboard.press('Enter');
    await page.getByText('This one').waitFor();
    // She may not list people, so there is no word of them.
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      'My sessions',
      'Second factor',
    ]);
  });

  it('takes a code of the authenticator that somebody has set up, and says when it is wrong', async () => {
    await app.signUp('tess@example.com');
    const tess = { email: 'tess@example.com', password: PASSWORD };
    const page = await pages.open();
    await enterPassword(page, tess);
    await page.getByText('This one').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await button(page, 'Set up an authenticator').click();
    const authenticator = await scan(page);
    await bringCode(page, authenticator.codeAt(clock.now()));
    await page.getByText('Your account is protected by a second factor.').waitFor();

    await button(page, 'Sign out').click();
    await enterPassword(page, tess);
    const code = authenticator.nextCode(clock);
    await bringCode(page, wrongCode(code));
    await expectAlert(page, 'This code is wrong. Enter the one that is shown or was sent last.');
    await photograph(page, 'wrong-code');
    await bringCode(page, code);
    await page.getByText('This one').waitFor();
    expect(await page.getByRole('listitem').first().innerText()).toContain('Second factor');
  });

  it('says for how many seconds an account is locked, and counts them', async () => {
    await app.signUp('lotte@example.com');
    const page = await pages.open();
    await enterPassword(page, { email: 'lotte@example.com', password: 'Wrong-password-1' });
    for (const password of [...Array<string>(4).fill('Wrong-password-1'), PASSWORD]) {
      await page.locator('form[aria-busy=false] input[name=password]:focus').fill(password);
      await page.keyboard.press('Enter');
    }
    await expectAlert(page, 'There were too many failed tries, so this account is locked for a while.');
    expect(await page.getByRole('timer').innerText()).toMatch(/^Try again in (60|59|58) seconds\.$/);
    await page.getByText(/in 5[0-7] seconds/).waitFor();
  });
});

describe('the list of people', () => {
  it('has buttons for what an administrator may do, which do it', async () => {
    const { accessToken } = await app.signUp('dora@example.com');
    const page = await pages.open();
    await signInAs('admin', page);
    const dora = rowOf(page, 'dora@example.com');
    expect(await dora.getByRole('button').allInnerTexts()).toEqual(['Disable', 'Reset password', 'Delete']);
    // A name that is written from right to left, or holds marks that do so, keeps to itself.
    for (const [place, name] of [
      [page.getByRole('banner'), 'Portcullis Administrator'],
      [dora, 'dora@example.com'],
    ] as const)
      expect(await place.locator('bdi').allInnerTexts()).toEqual([name]);
    await photograph(page, 'people');

    await button(page, 'Disable dora@example.com').click();
    const dialog = page.getByRole('dialog', { name: 'Disable dora@example.com?' });
    expect(await dialog.locator('bdi').allInnerTexts()).toEqual(['dora@example.com']);
    // What is safe has the focus.
    await dialog.locator('button:focus').getByText('Cancel').waitFor();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    const done = page.getByText('dora@example.com is disabled.');
    await done.waitFor();
    expect(await done.locator('bdi').allInnerTexts()).toEqual(['dora@example.com']);
    expect(await dora.getByRole('button').allInnerTexts()).toEqual(['Enable', 'Delete']);
    const { faults } = await app.ask('{ me { id } }', { token: accessToken });
    expect(faults).toEqual(['UNAUTHENTICATED at me']);

    await button(page, 'Enable dora@example.com').click();
    await page.getByText('dora@example.com may sign in again.').waitFor();
    await app.signIn('dora@example.com');
  });

  it('offers administrators nothing of it about themselves', async () => {
    const page = await pages.open();
    await signInAs('admin', page);
    await rowOf(page, 'Alice Archer').waitFor();
    const own = rowOf(page, 'Portcullis Administrator');
    expect([await own.innerText(), await own.getByRole('button').count()]).toEqual([
      expect.stringContaining('You'),
      0,
    ]);
  });

  it('has no buttons for an auditor', async () => {
    const page = await pages.open();
    await signInAs('auditor', page);
    await rowOf(page, 'Alice Archer').waitFor();
    expect(await page.getByRole('region', { name: 'People' }).getByRole('button').count()).toBe(0);
  });

  it('says so where the service refuses what a button does', async () => {
    const { user } = await app.signUp('gone@example.com');
    const page = await pages.open();
    await signInAs('admin', page);
    await button(page, 'Delete gone@example.com').click();
    const { accessToken } = await app.signIn('admin@example.com');
    await app.ask(`mutation { deleteUser(id: "${user.id}") }`, { token: accessToken });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('alert').getByText('does not exist').waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
  });
});

it.each([
  ['light', 360],
  ['dark', 360],
  ['dark', 1_200],
] as const)('fits a screen in %s colours that is %i pixels wide', async (colorScheme, width) => {
  const page = await pages.open(await pages.newPerson({ colorScheme, viewport: { width, height: 800 } }));
  const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(await overflow()).toBe(0);
  await photograph(page, `sign-in-${colorScheme}-${width}`);
  await signInAs('admin', page);
  await rowOf(page, 'Alice Archer').waitFor();
  await page.getByText('This one').waitFor();
  await photograph(page, `signed-in-${colorScheme}-${width}`);
  expect(await overflow()).toBe(0);
});

async function expectAlert(page: Page, text: string): Promise<void> {
  await page.getByRole('alert').getByText(text, { exact: true }).waitFor();
}
