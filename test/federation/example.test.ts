import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { expect, it, onTestFinished, vi } from 'vitest';

import { readBanner, startExample } from '../support/example-process.js';

/** A first start of everything, on a machine that has other tests to run. */
vi.setConfig({ testTimeout: 180_000 });

const readmeFile = new URL('../../examples/supergraph/README.md', import.meta.url);

/** What the README has people type once it runs, and what it says that the answers are. */
async function readExamples(): Promise<{ lines: string; answers: unknown[] }> {
  const [, asking = ''] = (await readFile(readmeFile, 'utf8')).split('## Ask');
  const blocks = (language: string) =>
    [...asking.matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs'))].map(([, block = '']) => block);
  return {
    lines: blocks('sh').join(''),
    answers: blocks('json').map((answer) => JSON.parse(answer) as unknown),
  };
}

/** Sends half of a request, and keeps the connection. */
async function sendHalf(url: string): Promise<void> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  // It is cut off in the end.
  socket.on('error', () => {});
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n', resolve));
  // Answered after it, so it has arrived.
  await fetch(url);
}

/** Waits until it has printed these words. */
async function untilPrinted(output: Readable, words: string): Promise<void> {
  for await (const line of createInterface({ input: output })) if (line.includes(words)) return;
}

/** What differs from run to run is left out. */
const withoutIds = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) => (key === 'requestId' ? undefined : value));

it('answers what its README says, and ends in order', async () => {
  const { child, exited, complaint, leftOver } = await startExample('supergraph', { PORT: '0' });
  const banner = await readBanner(child.stdout);
  const [gateway = '', portcullis = '', documents = '', passwords = ''] = [
    'The',
    'Portcullis',
    'Documents',
    'Passwords',
  ].map((name) => banner.get(name));

  const { lines, answers } = await readExamples();
  expect(answers).toHaveLength(5);
  const typed = lines
    .replace(/(?<=^PASSWORDS=).*$/m, passwords)
    .replace('http://127.0.0.1:4100/graphql', gateway);
  const { stdout } = await promisify(execFile)('bash', ['-c', typed]);
  const printed = stdout.trim().split('\n');
  expect(printed.map((line) => withoutIds(JSON.parse(line)))).toEqual(answers.map(withoutIds));

  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(await complaint).toBe('');
  for (const url of [gateway, portcullis, documents]) await expect(fetch(url)).rejects.toThrow();
  expect(await leftOver()).toEqual([]);
});

it('ends although somebody never finishes what they ask', async () => {
  const { child, exited, complaint, leftOver } = await startExample('supergraph', { PORT: '0' });
  const banner = await readBanner(child.stdout);
  for (const name of ['The', 'Documents']) await sendHalf(banner.get(name) ?? '');
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(await complaint).toBe('');
  expect(await leftOver()).toEqual([]);
});

it('ends at once at a second signal, and leaves nothing', async () => {
  const { child, exited, complaint, leftOver } = await startExample('supergraph', { PORT: '0' });
  const banner = await readBanner(child.stdout);
  await sendHalf(banner.get('The') ?? '');
  child.kill('SIGHUP');
  await untilPrinted(child.stdout, 'It is ending.');
  child.kill('SIGINT');
  expect(await exited).toEqual([1, null]);
  // Portcullis holds it open to its end.
  expect(await complaint).toBe('');
  expect(await leftOver()).toEqual([]);
});

it('says which port is taken, and leaves nothing running', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { child, exited, complaint, leftOver } = await startExample('supergraph', { PORT: String(port) });
  expect(await text(child.stdout)).toBe('');
  expect(await exited).toEqual([1, null]);
  expect(await complaint).toBe(
    `The supergraph could not start. The gateway cannot listen on port ${port}: another program listens there.\n`,
  );
  expect(await leftOver()).toEqual([]);
});

it.each(['abc', '65536'])('refuses the port %s at once', async (port) => {
  const { exited, complaint } = await startExample('supergraph', { PORT: port });
  expect(await exited).toEqual([1, null]);
  expect(await complaint).toBe(
    `The supergraph could not start. PORT takes a number from 0 to 65535, not ${port}.\n`,
  );
});
