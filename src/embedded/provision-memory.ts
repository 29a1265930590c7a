import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Settings } from './settings.js';

/** What is provisioned, and from what. */
export interface ToProvision<T> {
  /** The setting under which the database remembers the outcome. */
  readonly name: string;
  /** Changes whenever provisioning would make something else. */
  readonly fingerprint: string;
  /** Answers with JSON. */
  readonly provision: () => Promise<T>;
}

/** How things are provisioned: each time, or only where the database does not remember that it was done. */
export type Provisioner = <T>(what: ToProvision<T>) => Promise<T>;

/** For engines that others reach too, who may have changed or removed what was provisioned. */
export const provisionAlways: Provisioner = ({ provision }) => provision();

/**
 * Provisions unless the database remembers that it was done from the very same, which then needs no second look. Only for
 * engines that nobody else reaches, so that what was provisioned is still there.
 */
export const provisionOnce =
  (settings: Settings): Provisioner =>
  async <T>({ name, fingerprint, provision }: ToProvision<T>) => {
    const remembered = await settings.get(name);
    if (remembered !== undefined) {
      const memory = JSON.parse(remembered) as { fingerprint: string; outcome: T };
      if (memory.fingerprint === fingerprint) return memory.outcome;
    }
    const outcome = await provision();
    await settings.set(name, JSON.stringify({ fingerprint, outcome }));
    return outcome;
  };

/** A digest of every policy and schema file in the folder. */
export async function policiesFingerprint(policiesDir: string): Promise<string> {
  const hash = createHash('sha256');
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
