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
  const fault = await faultInMaking(path);
  if (fault === undefined) return;
  if (fault.code !== 'ENOENT') throw fault;
  if (!(await isFolder(dirname(path)))) await makeFolder(dirname(path));
  // Somebody else may have made what it is in meanwhile, so that there is a second try either way.
  const again = await faultInMaking(path);
  if (again !== undefined) throw again;
}

async function faultInMaking(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
    return undefined;
  } catch (error) {
    return (await isFolder(path)) ? undefined : (error as NodeJS.ErrnoException);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
