// Makes dist/: the compiled sources, the migrations, and the template of the embedded database.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

/** The compiler's entry point, or undefined in an installation without development dependencies. */
function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

async function build(compiler) {
  const startedAt = performance.now();
  await rm(path('dist'), { recursive: true, force: true });
  const compilation = spawnSync(
    process.execPath,
    [compiler, '-p', path('tsconfig.build.json'), '--noEmitOnError'],
    { stdio: 'inherit' },
  );
  if (compilation.status !== 0) {
    console.error('The sources do not compile: nothing was built.');
    process.exit(1);
  }
  await cp(path('src/services/database/migrations'), path('dist/services/database/migrations'), {
    recursive: true,
  });
  await makeTemplate();
  console.log(`Built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** The tests use the same template, so that it is made where both find it. */
async function makeTemplate() {
  const { makeTemplate } = await import(new URL('dist/services/database/template.js', root).href);
  const cache = path('node_modules/.cache/portcullis');
  await mkdir(cache, { recursive: true });
  const template = await makeTemplate(cache);
  await copyFile(template, path(`dist/services/database/${basename(template)}`));
}

const compiler = findCompiler();
if (compiler === undefined) console.log('TypeScript is not installed: dist/ stays as it is.');
else await build(compiler);
