import { findProgram } from './programs.js';
import type { SharedThing } from './server-broker.js';

/** The browser for the tests: the one that CHROMIUM_PATH names, or one on the PATH, or Debian's. */
export async function findChromium(): Promise<SharedThing> {
  const value =
    process.env['CHROMIUM_PATH'] ||
    (await findProgram({
      names: ['chromium', 'chromium-browser', 'google-chrome'],
      debianPackage: 'chromium',
      instead: 'name a Chromium or Chrome in CHROMIUM_PATH',
    }));
  return { value, stop: async () => {} };
}
