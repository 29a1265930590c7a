import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, it } from 'vitest';

const MODULE = new URL('../../../src/tools/end-on-signal.ts', import.meta.url).href;

/** A process that ends by `ending`, an expression, and writes a line for each thing that happens. */
async function run(ending: string) {
  const script = `
    const { endOnSignal } = await import(${JSON.stringify(MODULE)});
    const say = (text) => process.stdout.write(text + '\\n');
    setInterval(() => {}, 1_000_000);
    endOnSignal(${ending});
    say('ready');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  let output = '';
  const heard = new Map<string, () => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const [words, resolve] of heard) if (output.includes(words)) resolve();
    });
  }
  const hear = (words: string) =>
    output.includes(words) ? undefined : new Promise<void>((resolve) => heard.set(words, resolve));
  await hear('ready');
  const code = once(child, 'close').then(([exitCode]) => exitCode as number);
  return { child, code, hear, output: () => output };
}

it.each(['SIGTERM', 'SIGINT'] as const)('%s closes, and then ends with 0', async (signal) => {
  const { child, code, output } = await run(`{ close: async () => say('closed') }`);
  child.kill(signal);
  expect(await code).toBe(0);
  expect(output()).toContain('closed');
});

it('a second signal does not wait', async () => {
  const { child, code, hear } = await run(`{ close: () => new Promise(() => say('closing')) }`);
  child.kill('SIGTERM');
  await hear('closing');
  child.kill('SIGINT');
  expect(await code).toBe(1);
});

it('what keeps it from closing is cut off in time', async () => {
  const { child, code } = await run(`(() => {
    let cutOff;
    const close = () => new Promise((resolve) => (cutOff = resolve));
    return { close, cutOff: () => cutOff(), drain: 20, deadline: 60_000 };
  })()`);
  child.kill('SIGTERM');
  expect(await code).toBe(0);
});

it('ends with 1 at the deadline', async () => {
  const { child, code } = await run(`{ close: () => new Promise(() => {}), deadline: 20 }`);
  child.kill('SIGTERM');
  expect(await code).toBe(1);
});

it('says what went wrong while it closed', async () => {
  const { child, code, output } = await run(`{ close: async () => { throw new Error('no more disk'); } }`);
  child.kill('SIGTERM');
  expect(await code).toBe(1);
  expect(output()).toContain('Portcullis could not end in order. no more disk');
});
