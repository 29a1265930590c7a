import { existsSync } from 'node:fs';

/** Runs a module of `dist/`, building it first where that was not done yet. */
export async function importBuilt(module) {
  const url = new URL(`../dist/${module}`, import.meta.url);
  if (!existsSync(url)) await import('./build.mjs');
  if (!existsSync(url)) {
    process.stderr.write('There is no dist/, and no esbuild to build it with: run `npm ci --include=dev`.\n');
    process.exit(1);
  }
  await import(url.href);
}
