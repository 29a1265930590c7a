import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';

import { Authenticator, wrongCode } from '../support/authenticator.js';
import { startBrowser } from '../support/browser.js';
import { serveBuiltSite } from '../support/built-site.js';
import { readBanner, startExample } from '../support/example-process.js';
import { FakeClock } from '../support/fake-clock.js';
import { freePort } from '../support/programs.js';
import { readQrCode } from '../support/qr-code.js';
import { RunningApp } from '../support/running-app.js';
import { enterPassword, photograph, WatchedPages } from '../support/watched-pages.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let browser: Browser;
let pages: WatchedPages | undefined;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await pages?.close();
  expect(pages?.complaints).toEqual([]);
});

it('a page of another origin signs in, sets up an authenticator on the way, and is told of limits', async () => {
  const clock = new FakeClock();
  const port = await freePort();
  const app = await RunningApp.start(
    {
      ADMIN_MFA: 'required',
      CORS_ORIGINS: `http://127.0.0.1:${port}`,
      RATE_LIMITS: 'login.ip=2/1m',
    },
    { clock },
  );
  onTestFinished(() => app.stop());
  const site = await serveBuiltSite(
    // Nobody listens where its own /graphql would lead.
    { portcullisUrl: `http://127.0.0.1:${await freePort()}`, apiUrl: `${app.url}/graphql` },
    port,
  );
  onTestFinished(() => site.close());
  pages = new WatchedPages(browser, site.url);
  const page = await pages.open();
  const admin = {
    email: 'admin@example.com',
    password: app.passwordOf('admin@example.com'),
    isAdmin: true,
  };

  await enterPassword(page, admin);
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  const qrCode = await page.getByRole('img', { name: /QR code/ }).getAttribute('src');
  const uri = new URL(readQrCode(qrCode ?? '') ?? '');
  const authenticator = new Authenticator(uri.searchParams.get('secret') ?? '');
  await photograph(page, 'authenticator');
  const code = authenticator.codeAt(clock.now());
  await page.getByLabel('Code').fill(wrongCode(code));
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('This code is wrong.').waitFor();
  await page.locator('input[name=code]:focus').fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Disable Alice Archer' }).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await enterPassword(page, { ...admin, password: 'Wrong-password-1' });
  await page.getByRole('alert').getByText('The email address or the password is wrong.').waitFor();
  await page.locator('input[name=password]:focus').fill(admin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('That was too often.').waitFor();
  expect(await page.getByRole('timer').innerText()).toMatch(/^Try again in \d+ seconds\.$/);
});

it('`npm run web` serves a page to sign in on, and ends in order', async () => {
  const { child, exited, complaint, leftOver } = await startExample('web', { PORT: '0' });
  const banner = await readBanner(child.stdout);
  const [url = '', portcullis = '', passwords = ''] = ['The', 'Portcullis', 'Passwords'].map((name) =>
    banner.get(name),
  );
  const password = /^admin@example\.com (\S+)/m.exec(await readFile(passwords, 'utf8'))?.[1] ?? '';

  pages = new WatchedPages(browser, url);
  const page = await pages.open();
  await enterPassword(page, { email: 'admin@example.com', password, isAdmin: true });
  await page.getByRole('button', { name: 'Disable Alice Archer' }).waitFor();
  await pages.close();

  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(await complaint).toBe('');
  for (const address of [url, portcullis]) await expect(fetch(address)).rejects.toThrow();
  expect(await leftOver()).toEqual([]);
}, 180_000);

it.each([
  [{ PORT: 'many' }, 'PORT takes a number from 0 to 65535, not many.'],
  [
    { PORT: '0', PORTCULLIS_URL: 'http://127.0.0.1:9' },
    'There is no Portcullis on http://127.0.0.1:9, which PORTCULLIS_URL names.',
  ],
  [
    { PORT: '0', PORTCULLIS_URL: 'here' },
    'PORTCULLIS_URL takes an address such as http://127.0.0.1:4000, not here.',
  ],
])('`npm run web` with %j says what is wrong', async (env, reason) => {
  const { exited, complaint, leftOver } = await startExample('web', env);
  expect(await exited).toEqual([1, null]);
  expect(await complaint).toBe(`The page could not start. ${reason}\n`);
  expect(await leftOver()).toEqual([]);
});

it('is built by `npx vite build examples/web`, with its policy in it', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  onTestFinished(() => rm(outDir, { recursive: true, force: true }));
  await promisify(execFile)(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', 'examples/web', '--outDir', outDir, '--emptyOutDir'],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        VITE_API_URL: 'https://api.example.com/graphql',
      },
    },
  );
  const page = await readFile(join(outDir, 'index.html'), 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
  expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' https://api.example.com",
      "require-trusted-types-for 'script'",
    ]),
  );
  expect(policy).not.toContain('unsafe');
  // Neither script nor style is in the page itself.
  expect(page).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/);
});
