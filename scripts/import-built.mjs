import { existsSync } from 'node:fs';

/** Runs a module of `dist/`, building it first where that was not done yet. */
export async function importBuilt(module) {
  const url = new URL(`../dist/${module}`, import.meta.url);
  if (!existsSync(url)) await import('./build.mjs');
  await import(url.href);
}
