// Starts the built product as its user would, signs in and asks a batch of decisions; then once more after kill -9.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

const LOGIN = `mutation ($input: LoginInput!) {
  login(input: $input) { ... on Authenticated { accessToken user { id } } }
}`;
const USERS = '{ users { nodes { id email userType } } }';
const DECISIONS = `query ($checks: [DecisionCheck!]!) {
  decisions(checks: $checks) { allowed reason action { id } }
}`;

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const NPM_START = ['npm', 'start'];
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
/** What a service manager runs, the same command: nobody stands between it and the service. */
const NODE_START = [process.execPath, ...scripts.start.split(' ').slice(1)];

/** Runs a command that starts the service until it says where it is ready. */
async function start(dataDir, [command, ...args]) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    // Nothing of this shell's own settings decides what is tested.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that kill -9 reaches the service below npm.
    detached: true,
  });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  // Standard output stays open until the last process that holds it has ended, the service below npm too.
  const ended = new Promise((resolve) => child.once('close', resolve));

  let output = '';
  const url = await new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`${reason}. It printed:\n${output}`));
    const timer = setTimeout(() => fail('The service was not ready in time'), START_TIMEOUT_MS);
    const read = (chunk) => {
      output += chunk;
      const ready = /ready on (http:\/\/\S+\/graphql)/.exec(output);
      if (ready) {
        clearTimeout(timer);
        resolve(ready[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    exited.then((code) => fail(`The service ended with ${code} before it was ready`));
  }).catch((error) => {
    killGroup(child);
    throw error;
  });
  assert.equal(url, `http://127.0.0.1:${port}/graphql`);
  console.log(`ready after ${((performance.now() - startedAt) / 1000).toFixed(2)} s, ${command} included`);
  return { child, exited, ended, url, output: () => output };
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Waits for a promise, but not for ever. */
async function within(promise, complaint) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint}.`)), STOP_TIMEOUT_MS);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

async function ask(url, query, variables, accessToken) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, `${query.trim().split('\n')[0]} answered ${JSON.stringify(errors)}`);
  return data;
}

async function administrator(dataDir) {
  const path = join(dataDir, 'seed-credentials');
  assert.equal((await stat(path)).mode & 0o777, 0o600, 'seed-credentials is for its owner alone');
  const line = (await readFile(path, 'utf8')).split('\n').find((candidate) => candidate.endsWith(' ADMIN'));
  assert.ok(line, 'seed-credentials names an administrator');
  const [email, password, userType] = line.split(' ');
  return { email, password, userType };
}

async function signIn(url, input) {
  const { login } = await ask(url, LOGIN, { input });
  assert.ok(login.accessToken, 'the administrator is signed in');
  return login;
}

async function useOnce({ url, output }, credentials) {
  const { accessToken, user } = await signIn(url, credentials);
  assert.ok(!output().includes(credentials.password), 'no password is printed');

  const { users } = await ask(url, USERS, {}, accessToken);
  const own = users.nodes.find((node) => node.id === user.id);
  assert.equal(own?.email, credentials.email, 'the administrator is on the list, with an address');

  const checks = [
    { action: 'listUsers', resource: { type: 'Identity::Application', id: 'portcullis' } },
    { action: 'updateUser', resource: { type: 'Identity::User', id: users.nodes.at(-1).id } },
    { action: 'deleteUser', resource: { type: 'Identity::User', id: user.id } },
    { action: 'juggle', resource: { type: 'Identity::User', id: user.id } },
  ];
  const { decisions } = await ask(url, DECISIONS, { checks }, accessToken);
  assert.deepEqual(
    decisions.map(({ allowed, reason }) => `${allowed} ${reason}`),
    ['true PERMITTED', 'true PERMITTED', 'false FORBIDDEN', 'false INVALID'],
  );
}

const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-smoke-'));
let running;
try {
  console.log('First start, by npm start');
  running = await start(dataDir, NPM_START);
  assert.ok(!running.output().includes('The policy store follows'), 'the build has made the policy store');
  const credentials = await administrator(dataDir);
  await useOnce(running, credentials);

  console.log('kill -9, and again');
  killGroup(running.child);
  await running.ended;
  running = await start(dataDir, NPM_START);
  await signIn(running.url, credentials);

  console.log('SIGTERM to npm ends the service below it');
  running.child.kill('SIGTERM');
  await within(running.ended, 'The service outlives npm');

  console.log('SIGTERM to the service');
  running = await start(dataDir, NODE_START);
  await signIn(running.url, credentials);
  running.child.kill('SIGTERM');
  assert.equal(
    await within(running.exited, 'The service ignores SIGTERM'),
    0,
    'SIGTERM ends it with exit code 0',
  );
  console.log('The built product works.');
} finally {
  if (running) killGroup(running.child);
  await running?.ended;
  await rm(dataDir, { recursive: true, force: true });
}
