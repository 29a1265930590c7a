// Packs `portcullis/authorize` for other subgraphs: that export alone, with the few packages that it takes, and without the service.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import './bring-up-to-date.mjs';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const destination = resolve(process.argv[2] ?? '.');
const root = JSON.parse(await readFile(path('package.json'), 'utf8'));

/** Whoever serves GraphQL has it already, and must have it once. */
const PEER = 'graphql';

/**
 * What subgraphs get of another version than the service, whose own is held down by its overrides: from 12 on the tree of
 * `@graphql-tools/utils` (`@whatwg-node/promise-helpers` 2) takes Node 22.15, and subgraphs on 20.19 could not install it.
 */
const OTHER_RANGES = { '@graphql-tools/utils': '^11.2.2' };

const imported = new Set(
  [...(await readFile(path('dist/authorize/index.js'), 'utf8')).matchAll(/\bfrom "([^"]+)"/g)]
    .map(([, specifier]) => specifier)
    .filter((specifier) => !isBuiltin(specifier))
    .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0]),
);
imported.delete(PEER);

const manifest = {
  name: root.name,
  version: root.version,
  description: '@authorize for GraphQL subgraphs, decided by Portcullis.',
  license: root.license,
  type: root.type,
  exports: root.exports,
  engines: root.engines,
  sideEffects: false,
  // Whatever goes with those: a subgraph has some of them already.
  dependencies: Object.fromEntries(
    [...imported].sort().map((name) => [name, OTHER_RANGES[name] ?? `^${root.dependencies[name]}`]),
  ),
  peerDependencies: { [PEER]: `^${root.dependencies[PEER].split('.')[0]}.0.0` },
};

const folder = await mkdtemp(join(tmpdir(), 'portcullis-package-'));
try {
  await cp(path('dist/authorize'), join(folder, 'dist/authorize'), { recursive: true });
  await cp(path('LICENSE'), join(folder, 'LICENSE'));
  await cp(path('docs/authorize.md'), join(folder, 'README.md'));
  await cp(path('docs/authorize-spec.md'), join(folder, 'authorize-spec.md'));
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', destination], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exitCode = packed.status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
