// Makes dist/authorize/: what `portcullis/authorize` exports, as one module, and its types.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const ENTRY = 'src/authorize/index.ts';

/** Where package.json says that they are. */
const MODULE = 'authorize/index.js';
const TYPES = 'authorize/types';

/** What it imports stays outside: who installs it has those packages once, with everybody else's. */
export const bundleAuthorize = (bundler, outdir) =>
  bundler.build({
    absWorkingDir: path('.'),
    entryPoints: [ENTRY],
    outfile: `${outdir}/${MODULE}`,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  });

/**
 * Writes the declarations of the entry, and of whatever they mention. Where the compiler is not installed nobody needs any.
 *
 * @throws Error where the sources do not type-check so far
 */
export async function declareAuthorize(outdir) {
  const { default: ts } = await import('typescript').catch(() => ({}));
  if (ts === undefined) return;
  const { config } = ts.readConfigFile(path('tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [ENTRY] }, ts.sys, path('.'));
  const program = ts.createProgram([path(ENTRY)], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: path('src'),
    outDir: path(`${outdir}/${TYPES}`),
  });
  const declarations = new Map();
  const { diagnostics } = program.emit(undefined, (file, text) => declarations.set(file, text));
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, { ...HOST, getNewLine: () => ts.sys.newLine }));
  }
  await Promise.all(
    mentioned(declarations, path(`${outdir}/${TYPES}/authorize/index.d.ts`)).map(async ([file, text]) => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }),
  );
}

const HOST = {
  getCurrentDirectory: () => path('.'),
  getCanonicalFileName: (name) => relative(path('.'), name),
};

/** The declarations that some are made of, themselves included. */
function mentioned(declarations, first) {
  const found = new Map();
  const pending = [first];
  for (const file of pending) {
    const text = declarations.get(file);
    if (text === undefined || found.has(file)) continue;
    found.set(file, text);
    for (const [, specifier] of text.matchAll(/from '(\.[^']+)\.js'/g)) {
      pending.push(fileURLToPath(new URL(`${specifier}.d.ts`, `file://${file}`)));
    }
  }
  return [...found];
}

// Types take longer than all the rest: they are made in a process of their own.
if (process.argv[1] === fileURLToPath(import.meta.url)) await declareAuthorize(process.argv[2]);
