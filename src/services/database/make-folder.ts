import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder for its owner alone, and those that it is in; leaves one that is there as it is.
 *
 * Node's own recursive mkdir never ends where a folder exists and yet says ENOENT of what is to be made in it, as those
 * of /proc do.
 *
 * @throws the error of the operating system, with its `code` and `path`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (await isFolder(path)) return;
    const isParentMissing =
      (error as NodeJS.ErrnoException).code === 'ENOENT' && !(await isFolder(dirname(path)));
    if (!isParentMissing) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
