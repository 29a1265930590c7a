import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Git ignores it, and whoever wants to see the pages finds them there. */
const screenshots = fileURLToPath(
  new URL('../../node_modules/.cache/portcullis/screenshots/', import.meta.url),
);

/** Pages of a site, in a browser, with all that the browser complains of: what a policy forbids, and what throws. */
export class WatchedPages {
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  /** A person's browser: what it stores, all its tabs share, and no other. */
  async newPerson(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    this.contexts.push(context);
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    context.on('weberror', (failure) => this.complaints.push(failure.error().message));
    return context;
  }

  async open(context?: BrowserContext): Promise<Page> {
    const page = await (context ?? (await this.newPerson())).newPage();
    await page.goto(this.url);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }
}

export const photograph = (page: Page, name: string) =>
  page.screenshot({ path: `${screenshots}${name}.png`, fullPage: true });

/** Fills the first form in, by the keyboard alone: the address has the focus. */
export async function enterPassword(
  page: Page,
  { email, password, isAdmin = false }: { email: string; password: string; isAdmin?: boolean },
): Promise<void> {
  await page.locator('input[name=email]:focus').waitFor();
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  if (isAdmin) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
}

/** Has the page look again, as it does when its tab is looked at. */
export const lookAgain = (page: Page) =>
  page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
