import { existsSync } from 'node:fs';

import { newerThanBuild } from './newer-than-build.mjs';

/** The URL of a module of `dist/`, which is built first where that was not done yet, or where the sources have changed since. */
export async function bringUpToDate(module) {
  const url = new URL(`../dist/${module}`, import.meta.url);
  const newer = existsSync(url) ? newerThanBuild(url) : undefined;
  // Standard output is the module's own: it may be read by a program.
  if (newer !== undefined) process.stderr.write(`dist/ is older than ${newer}: building it anew.\n`);
  if (newer !== undefined || !existsSync(url)) await import('./build.mjs');
  if (!existsSync(url)) {
    process.stderr.write('There is no dist/, and no esbuild to build it with: run `npm ci --include=dev`.\n');
    process.exit(1);
  }
  return url;
}

/** Runs a module of `dist/` that is up to date. */
export async function importBuilt(module) {
  const { href } = await bringUpToDate(module);
  await import(href);
}
