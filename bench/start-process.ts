import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: { start: string } };
/** What `npm start` gives to Node, and so whatever is measured gets. */
const nodeFlags = scripts.start.split(' ').filter((part) => part.startsWith('--'));
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;
/** The one of Node's arguments that says what it runs. */
const SCRIPT = /\.[cm]?[jt]s$/;

/** A process that is measured. */
export interface MeasuredProcess {
  /** What the line said by which it told that it is ready. */
  readonly ready: string;
  /** From its start to that line. */
  readonly startedInMs: number;
  /** Resident memory in MB of 1,000,000 bytes. */
  residentMemory(): Promise<number>;
  /** Sends a message to a process that listens for one, and waits for what it answers. */
  tell(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** What the line that says that it is ready looks like; its first group is what it says. */
  readonly ready?: RegExp;
  /** The whole environment, but for what every process gets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Nothing of this shell's own settings decides what is measured. */
const environment = () => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  // Libraries check less then: whoever measures them otherwise measures the checks.
  NODE_ENV: 'production',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/**
 * Starts Node and waits until it is ready.
 * @throws Error with the line that tells why it never is
 */
export async function startNode(
  args: readonly string[],
  { ready = /^ready (.*)$/m, env = {} }: ProcessOptions = {},
): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, ...args], {
    cwd: root,
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => process.removeListener('exit', kill));

  const said = await untilReady(child, ready, args.find((arg) => SCRIPT.test(arg)) ?? '').catch(
    (error: unknown) => {
      kill();
      throw error;
    },
  );
  return {
    ready: said,
    startedInMs: performance.now() - startedAt,
    residentMemory: () => residentMemory(child.pid ?? 0),
    tell: (message) =>
      new Promise((resolve, reject) => {
        const onExit = () => reject(new Error(`${args.join(' ')} ended before it answered.`));
        child.once('exit', onExit);
        child.once('message', (answer) => {
          child.removeListener('exit', onExit);
          resolve(answer);
        });
        child.send(message as object);
      }),
    async stop() {
      const cutOff = setTimeout(kill, STOP_TIMEOUT_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(cutOff);
    },
  };
}

/** Starts one of `processes/`; what it announces is read as JSON. */
export async function startBenchProcess<Details>(
  name: string,
  args: readonly string[] = [],
): Promise<MeasuredProcess & { readonly details: Details }> {
  const started = await startNode(['--import', 'tsx/esm', `bench/processes/${name}.ts`, ...args]);
  return { ...started, details: JSON.parse(started.ready) as Details };
}

async function untilReady(child: ChildProcess, ready: RegExp, name: string): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`${name} ${reason}: ${lineThatTells(output)}`));
    const timer = setTimeout(() => fail('was not ready in time'), START_TIMEOUT_MS);
    let isReady = false;
    const read = (chunk: Buffer) => {
      if (isReady) return;
      output += chunk.toString();
      const said = ready.exec(output)?.[1];
      if (said === undefined) return;
      isReady = true;
      clearTimeout(timer);
      resolve(said);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal} before it was ready`);
    });
  });
}

/** Of everything that was printed, the first line that speaks of an error; else the last one. */
function lineThatTells(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /Error|could not/.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
}

/** From /proc, so on Linux alone. */
async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`The memory of process ${pid} cannot be read.`);
  return (Number(kibibytes) * 1024) / 1e6;
}
