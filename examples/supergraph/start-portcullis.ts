import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { Listening } from './listen.js';

export interface PortcullisOptions {
  /** Where it keeps its database, and the passwords of the people that it makes. */
  readonly dataDir: string;
  /** What else of its configuration is not the default: variables of docs/configuration.md. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface RunningPortcullis extends Listening {
  /** Where the gateway asks what it is to refuse by itself. */
  readonly coprocessorUrl: string;
  /** Fulfilled when its process has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Starts Portcullis as `npm start` does, in a process of its own: embedded, in development, on any free port.
 *
 * @throws Error when it cannot start; why, it has said itself
 */
export async function startPortcullis({ dataDir, settings }: PortcullisOptions): Promise<RunningPortcullis> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: {
      // Nothing else of this shell's settings, which may be for another Portcullis.
      PATH,
      HOME,
      ...settings,
      DATA_DIR: dataDir,
      PORT: '0',
      COPROCESSOR_PORT: '0',
      LOG_LEVEL: 'warn',
      // It then ends when this process is gone, however that came about: see scripts/end-with-npm.mjs.
      npm_lifecycle_event: 'supergraph',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is sent to a whole group of processes, and Portcullis is to end last.
    detached: true,
  });
  const ended = once(child, 'exit');
  // Before the folder is removed that it writes to.
  const kill = () => child.kill('SIGKILL');
  process.prependOnceListener('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const urls = await readUrls(child.stdout);
  if (urls === undefined) throw new Error('Portcullis did not start.');
  child.stdout.pipe(process.stdout);
  return {
    ...urls,
    ended,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What it prints when it is ready; undefined when it ends before. */
async function readUrls(
  output: Readable,
): Promise<Pick<RunningPortcullis, 'url' | 'coprocessorUrl'> | undefined> {
  let url: string | undefined;
  for await (const line of createInterface({ input: output })) {
    url ??= / is ready on (\S+)/.exec(line)?.[1];
    const coprocessorUrl = /^ *Coprocessor +(\S+)/.exec(line)?.[1];
    if (url !== undefined && coprocessorUrl !== undefined) return { url, coprocessorUrl };
  }
  return undefined;
}
