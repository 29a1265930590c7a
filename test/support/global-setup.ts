import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { TestProject } from 'vitest/node';

import './provided-context.js';
import { makeTemplate } from '../../src/services/database/template.js';
import { findChromium } from './chromium.js';
import { startBroker } from './server-broker.js';
import { preparePostgres, startRedis } from './servers.js';

/** Kept between runs: making it costs five seconds, and its name changes with the migrations. */
const templateCache = fileURLToPath(new URL('../../node_modules/.cache/portcullis/', import.meta.url));

async function template() {
  await mkdir(templateCache, { recursive: true });
  return { value: dirname(await makeTemplate(templateCache)), stop: async () => {} };
}

/** Several tests run what is built, at once: it is built beforehand. */
const build = fileURLToPath(new URL('../../scripts/bring-up-to-date.mjs', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
  const broker = await startBroker({
    template,
    redis: startRedis,
    postgresql: preparePostgres,
    chromium: findChromium,
  });
  project.provide('testServers', broker.url);
  return () => broker.stop();
}
