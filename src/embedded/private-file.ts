import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { makeFolder } from '../services/database/make-folder.js';
import type { Randomness } from '../services/randomness.js';

/** Replaces a file in one step, readable by its owner alone; on the disk when this resolves. */
export async function writePrivateFile(
  path: string,
  content: string,
  randomness: Pick<Randomness, 'uuid'>,
): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const draft = `${path}.${randomness.uuid()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(folder);
}

/** A rename is only durable once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
