import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { GENEROUS_LIMITS } from '../support/generous-limits.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { killServer } from '../support/programs.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How many ask without a pause, each on a connection of its own. */
const CALLERS = 16;
const ANSWERS_BEFORE_THE_SIGNAL = 100;
/** More than anybody gets to ask in the time. */
const MOST_QUESTIONS = 20_000;

/** What became of a request that was sent. */
type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string; readonly leaves: boolean }
  | { readonly kind: 'refused' }
  /** The connection broke before the answer was whole. */
  | { readonly kind: 'lost'; readonly reason: string };

let postgres: TestPostgres;
let folder: string;
let child: ChildProcess;
let exitCode: Promise<number | null>;
let url: string;
let coprocessorUrl: string;
let output: string;

beforeAll(async () => {
  postgres = await createTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'portcullis-drain-'));
  const { PATH, HOME } = process.env;
  child = spawn(process.execPath, ['dist/main.js'], {
    cwd: ROOT,
    env: {
      PATH,
      HOME,
      PORT: '0',
      COPROCESSOR_PORT: '0',
      DATA_DIR: folder,
      DATABASE_URL: postgres.url,
      ...GENEROUS_LIMITS,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  output = '';
  exitCode = new Promise((resolve) => child.once('close', resolve));
  url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const ready = /ready on (http:\/\/\S+)\/graphql/.exec(output)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    }
    void exitCode.then(() => reject(new Error(`It ended before it was ready: ${output}`)));
  });
  coprocessorUrl = /Coprocessor +(http:\/\/\S+)\/coprocessor/.exec(output)?.[1] ?? '';
});
afterAll(async () => {
  await killServer(child);
  await postgres.drop();
  await rm(folder, { recursive: true, force: true });
});

const send = (agent: Agent, path: string, body?: object, token?: string, to = url): Promise<Outcome> =>
  new Promise((resolve) => {
    const lost = (error: Error) => resolve({ kind: 'lost', reason: error.message });
    const sent = request(`${to}${path}`, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' ? resolve({ kind: 'refused' }) : lost(error),
    );
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', lost);
      response.on('end', () =>
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          text,
          leaves: response.headers.connection === 'close',
        }),
      );
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

const LOGIN = `mutation ($input: LoginInput!) {
  login(input: $input) { ... on Authenticated { accessToken user { id } } }
}`;

async function loginOf(email: string) {
  const credentials = await readFile(join(folder, 'seed-credentials'), 'utf8');
  const [, password = '', userType = ''] =
    new RegExp(`^${email} (\\S+) (\\S+)$`, 'm').exec(credentials) ?? [];
  return { query: LOGIN, variables: { input: { email, password, userType } } };
}

function tokenIn(outcome: Outcome): string {
  const text = outcome.kind === 'answered' ? outcome.text : '{}';
  const { data } = JSON.parse(text) as { data?: { login?: { accessToken?: string } } };
  return data?.login?.accessToken ?? `Nobody is signed in: ${JSON.stringify(outcome)}`;
}

it('loses no request that it has taken when SIGTERM comes in the middle of the load', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const login = await loginOf('alice@example.com');
  const token = tokenIn(await send(agent, '/graphql', login));
  expect(token).toMatch(/^eyJ/);

  const outcomes: Outcome[] = [];
  let enough = () => {};
  const loaded = new Promise<void>((resolve) => (enough = resolve));
  /** Asks again and again, on new connections where the old ones are closed, until nobody is there any more. */
  const callUntilRefused = async (ask: (agent: Agent) => Promise<Outcome>, into: Outcome[]) => {
    const own = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let question = 0; question < MOST_QUESTIONS; question += 1) {
      const outcome = await ask(own);
      into.push(outcome);
      if (outcomes.length === ANSWERS_BEFORE_THE_SIGNAL) enough();
      if (outcome.kind !== 'answered') break;
    }
    own.destroy();
  };
  const callers = Array.from({ length: CALLERS }, () =>
    callUntilRefused((own) => send(own, '/graphql', { query: '{ me { id email } }' }, token), outcomes),
  );
  const message = {
    version: 1,
    stage: 'graphql.analysis',
    headers: { authorization: [`Bearer ${token}`] },
    context: { 'hive::authorization::required_policies': { listUsers: null } },
  };
  const policies: Outcome[] = [];
  const askPolicies = (own: Agent) => send(own, '/coprocessor', message, undefined, coprocessorUrl);
  callers.push(callUntilRefused(askPolicies, policies), callUntilRefused(askPolicies, policies));
  const probes: Outcome[] = [];
  callers.push(callUntilRefused((own) => send(own, '/readyz'), probes));

  await loaded;
  // Passwords take their time: these are under way when the signal comes.
  const logins = Promise.all([send(agent, '/graphql', login), send(agent, '/graphql', login)]);
  child.kill('SIGTERM');
  await Promise.all(callers);

  const answers = outcomes.filter((outcome) => outcome.kind === 'answered');
  expect(outcomes.filter(({ kind }) => kind === 'lost')).toEqual([]);
  expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(CALLERS);
  expect([...new Set(answers.map(({ status, text }) => `${status} ${text.trim()}`))]).toEqual([
    expect.stringMatching(/^200 \{"data":\{"me":\{"id":"[^"]+","email":"alice@example.com"\}\}\}$/),
  ]);
  expect(answers.filter(({ leaves }) => leaves).length).toBeGreaterThanOrEqual(CALLERS);
  for (const signedIn of await logins) expect(tokenIn(signedIn)).toMatch(/^eyJ/);

  expect(policies.filter(({ kind }) => kind === 'lost')).toEqual([]);
  expect(policies.filter(({ kind }) => kind === 'refused')).toHaveLength(2);
  const decisions = policies.flatMap((outcome) => (outcome.kind === 'answered' ? [outcome] : []));
  expect([...new Set(decisions.map(({ status, text }) => `${status} ${text}`))]).toEqual([
    expect.stringMatching(/^200 .*"listUsers":false/),
  ]);

  const readiness = probes.map((outcome) => (outcome.kind === 'answered' ? outcome.status : outcome.kind));
  expect([...new Set(readiness)]).toEqual([200, 503, 'refused']);

  expect(await exitCode).toBe(0);
  agent.destroy();

  const lines = output
    .split('\n')
    .filter((line) => line.includes('A request was answered.') && !line.includes('"path":"/coprocessor"'));
  expect(lines.length).toBe(answers.length + 3);
  const { password } = login.variables.input;
  for (const secret of [token, password, 'alice@example.com"', '127.0.0.1"']) {
    expect(lines.join('')).not.toContain(secret);
  }
});
