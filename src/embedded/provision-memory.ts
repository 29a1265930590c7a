import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Provisioned } from './provision.js';
import type { Settings } from './settings.js';

/** What was provisioned, and from which policies. */
interface Memory extends Provisioned {
  readonly fingerprint: string;
}

/** Raised when provisioning itself makes something else of the same policies. */
const EDITION = 1;
const SETTING = 'provisioned';

/**
 * Provisions unless the database remembers that it was done for these very policies, which then need no second look: they
 * were valid. Only for engines that nobody else reaches, so that what was provisioned is still there.
 */
export async function provisionOnce(
  settings: Settings,
  policiesDir: string,
  provision: () => Promise<Provisioned>,
): Promise<Provisioned> {
  const fingerprint = await fingerprintOf(policiesDir);
  const remembered = await settings.get(SETTING);
  if (remembered !== undefined) {
    const memory = JSON.parse(remembered) as Memory;
    if (memory.fingerprint === fingerprint) return memory;
  }
  const { pools, policyStoreId } = await provision();
  await settings.set(SETTING, JSON.stringify({ fingerprint, pools, policyStoreId } satisfies Memory));
  return { pools, policyStoreId };
}

/** A digest of everything in the folder that provisioning reads. */
async function fingerprintOf(policiesDir: string): Promise<string> {
  const hash = createHash('sha256').update(`${EDITION}`);
  // A folder that cannot be read is for the reading of the policies to complain about.
  const names = (await readdir(policiesDir).catch(() => []))
    .filter((name) => /\.cedar(schema)?$/.test(name))
    .sort();
  for (const name of names) {
    const content = await readFile(join(policiesDir, name));
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('base64url');
}
