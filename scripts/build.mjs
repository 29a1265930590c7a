// Makes dist/: the sources bundled with what they import, the migrations, the template of the embedded database, and what
// other subgraphs import.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { bundleAuthorize } from './build-authorize.mjs';
import { digestOfLock, LOCK_DIGEST } from './newer-than-build.mjs';

const root = new URL('../', import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

/** Where the build is until it is whole. What runs in it takes its own folder for dist/, by the name. */
/** Of this process: others may build at the same time. */
const workshop = `dist.tmp/${process.pid}`;
const unfinished = `${workshop}/dist`;

/** What a bundle cannot hold: WebAssembly and native code that is loaded from its own folder, and a page of 9 MB. */
const EXTERNAL = [
  // Within a bundle it does not find Node's own SHA-256, and has JavaScript do it.
  '@apollo/utils.createhash',
  '@cedar-policy/cedar-wasm',
  '@electric-sql/pglite',
  '@graphql-yoga/render-graphiql',
  '@node-rs/argon2',
  // Half a megabyte that most processes never ask for.
  '@zxcvbn-ts/language-common',
  // Asked for by type-graphql only where inputs are validated by its decorators.
  'class-validator',
  'pg-native',
];

/** graphql-rate-limit makes rules of this one, for who wants them: two hundred kilobytes that every start would read. */
const ABSENT = ['graphql-shield'];

/** CommonJS packages in an ES module bundle still ask for these. */
const COMMONJS = `
import { createRequire as bundleRequire } from 'node:module';
import { fileURLToPath as bundlePath } from 'node:url';
const require = bundleRequire(import.meta.url);
const __filename = bundlePath(import.meta.url);
const __dirname = bundlePath(new URL('.', import.meta.url));
`;

/** The bundler, or undefined in an installation without development dependencies. */
const findBundler = () => import('esbuild').catch(() => undefined);

async function build(bundler) {
  const startedAt = Date.now();
  const lock = digestOfLock();
  const declared = declareAuthorize();
  await bundleAuthorize(bundler, unfinished);
  // One file loads three times as fast as the two thousand that it is made of.
  await bundler.build({
    absWorkingDir: path('.'),
    entryPoints: {
      main: 'src/main.ts',
      embedded: 'src/tools/embedded.ts',
      'print-config': 'src/tools/print-config.ts',
      'make-template': 'src/tools/make-template.ts',
    },
    outdir: unfinished,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    // Less to read at each start; names stay, since type-graphql and the AWS SDK go by those of classes.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    // Libraries leave out checks of what the tests have shown: graphql-js takes a tenth to a third less for that, whoever starts it.
    define: { 'process.env.NODE_ENV': '"production"' },
    external: EXTERNAL,
    alias: Object.fromEntries(ABSENT.map((name) => [name, path('scripts/absent.cjs')])),
    banner: { js: COMMONJS },
    logLevel: 'warning',
  });
  await cp(path('src/services/database/migrations'), path(`${unfinished}/migrations`), { recursive: true });
  await writeFile(path(`${unfinished}/${LOCK_DIGEST}`), lock);
  await makeTemplate();
  await declared;
  // What another process has built meanwhile, it runs by now.
  if (!wasBuiltSince(startedAt)) {
    await rm(path('dist'), { recursive: true, force: true });
    await rename(path(unfinished), path('dist'));
  }
  await rm(path(workshop), { recursive: true, force: true });
  process.stderr.write(`Built dist/ in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`);
}

/** In a process of its own, beside the rest. */
async function declareAuthorize() {
  const child = spawn(process.execPath, [path('scripts/build-authorize.mjs'), unfinished], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exit(1);
}

const wasBuiltSince = (instant) =>
  (statSync(path('dist/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0) > instant;

/** The tests start from an empty template, so one is made where they find it; what is built holds the policies too. */
async function makeTemplate() {
  const cache = path('node_modules/.cache/portcullis');
  await mkdir(cache, { recursive: true });
  const made = spawnSync(
    process.execPath,
    [path(`${unfinished}/make-template.js`), cache, path(unfinished), path('policies')],
    { encoding: 'utf8', env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } },
  );
  if (made.status !== 0) {
    process.stderr.write(`The template of the database could not be made. ${made.stderr}`);
    process.exit(1);
  }
  const outdated = (await readdir(cache)).filter(
    (name) => name.startsWith('template-') && name !== made.stdout,
  );
  await Promise.all(outdated.map((name) => rm(`${cache}/${name}`, { recursive: true, force: true })));
}

const bundler = await findBundler();
if (bundler !== undefined) await build(bundler);
else if (existsSync(path('dist'))) process.stderr.write('esbuild is not installed: dist/ stays as it is.\n');
