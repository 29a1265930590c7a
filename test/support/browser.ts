import { chromium, type Browser } from 'playwright-core';

import { sharedThing } from './shared-thing.js';

/** It asks nobody for anything but the pages that it is sent to. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // Its sandbox does not start as root.
  '--no-sandbox',
];

/** Starts a real browser, without a window. */
export const startBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: await sharedThing('chromium'), args: QUIET });
