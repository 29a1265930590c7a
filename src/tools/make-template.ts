/** Makes the template of the embedded database for the build: `make-template.js CACHE TARGET POLICIES`. */
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { provisionAhead } from '../embedded/provision-ahead.js';
import { systemClock } from '../services/clock.js';
import { createLogger } from '../services/create-logger.js';
import { extendTemplate, makeTemplate } from '../services/database/template.js';
import { systemRandomness } from '../services/randomness.js';
import { explainFailure } from './explain-failure.js';

/**
 * Makes an empty template in `cache`, where the tests find it too, unless one that fits is there; and puts a copy that
 * holds the policy store of the folder `policies` into `target`.
 *
 * @returns the template's name in both folders
 */
async function prepare(cache: string, target: string, policies: string): Promise<string> {
  const empty = await makeTemplate(cache);
  const name = basename(empty);
  const template = join(target, name);
  await cp(empty, template, { recursive: true });
  const logger = createLogger('warn');
  await extendTemplate(template, (db) =>
    provisionAhead(db, policies, { clock: systemClock, randomness: systemRandomness, logger }),
  );
  return name;
}

const [cache, target, policies] = process.argv.slice(2);
if (cache === undefined || target === undefined || policies === undefined) {
  throw new Error('Name the folders of the cache, the build and the policies.');
}
try {
  process.stdout.write(await prepare(cache, target, policies));
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exit(1);
}
