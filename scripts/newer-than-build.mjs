import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** What goes into dist/. */
const SOURCES = ['src', 'policies'];
const BUILDERS = ['scripts/build.mjs', 'scripts/build-authorize.mjs', 'scripts/absent.cjs', 'tsconfig.json'];
const LOCK = 'package-lock.json';
/** Where a build notes the lock that it was made with. */
export const LOCK_DIGEST = 'package-lock.sha256';

/** npm writes the lock anew without a change of it, when it prunes: what counts is what it says. */
export const digestOfLock = () =>
  existsSync(path(LOCK))
    ? createHash('sha256')
        .update(readFileSync(path(LOCK)))
        .digest('hex')
    : '';

/**
 * Something that goes into dist/ and is newer than a file of it, or undefined. Times alone are compared, which takes a few
 * milliseconds. A folder is newer when something in it was removed. Where no sources are, there is nothing to build of.
 */
export function newerThanBuild(built) {
  if (!existsSync(path('src'))) return undefined;
  const builtAt = statSync(built).mtimeMs;
  // A clock that was wrong once must not have every start build.
  const now = Date.now();
  const isNewer = (relative) => {
    const changedAt = statSync(path(relative), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return changedAt > builtAt && changedAt <= now;
  };
  const newer = [...SOURCES.flatMap(withEntries), ...BUILDERS].find(isNewer);
  if (newer !== undefined) return newer;
  return isNewer(LOCK) && !wasBuiltWith(digestOfLock()) ? LOCK : undefined;
}

const withEntries = (folder) =>
  existsSync(path(folder))
    ? [folder, ...readdirSync(path(folder), { recursive: true }).map((entry) => `${folder}/${entry}`)]
    : [];

function wasBuiltWith(digest) {
  const note = path(`dist/${LOCK_DIGEST}`);
  return existsSync(note) && readFileSync(note, 'utf8') === digest;
}
