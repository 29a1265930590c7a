import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs what `npm run <script>` runs, with nothing of this process's environment but what every program needs. */
export async function startExample(script: 'supergraph' | 'web', env: Readonly<Record<string, string>>) {
  const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as {
    scripts: Record<typeof script, string>;
  };
  const [, ...args] = scripts[script].split(' ');
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[code: number | null]>;
  // Portcullis writes to it too, so it closes when both have ended.
  const complaint = text(child.stderr);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await complaint;
    await rm(folder, { recursive: true, force: true });
  });
  const leftOver = async () => (await readdir(folder)).filter((name) => name.startsWith('portcullis-'));
  return { child, exited, complaint, leftOver };
}

/** What it prints when it is ready, by the first word of each line. */
export async function readBanner(output: NodeJS.ReadableStream): Promise<ReadonlyMap<string, string>> {
  const facts = new Map<string, string>();
  for await (const line of createInterface({ input: output })) {
    const [, name = '', value = ''] = /^\s*(\w+).*\s(\S+)$/.exec(line) ?? [];
    facts.set(name, value);
    if (name === 'Ctrl') return facts;
  }
  throw new Error('It ended before it was ready.');
}
