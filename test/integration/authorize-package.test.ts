import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { startRecordingProxy } from '../support/recording-proxy.js';
import { readAnswer, RunningApp, type SignedIn } from '../support/running-app.js';
import { credentialsOf } from '../support/seeded-services.js';

const run = promisify(execFile);
const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const versionOf = (name: string) =>
  `${name}@${manifest.dependencies[name] ?? manifest.devDependencies[name] ?? ''}`;

const guide = await readFile('docs/authorize.md', 'utf8');

/** Everything that is exported, used with its types. */
const CONSUMER = `
import { GraphQLObjectType, GraphQLSchema, GraphQLString, graphql } from 'graphql';
import {
  AuthorizationError, DecisionFailure, authorizeDirective, authorizeExtensions, createDecisionClient, enforceAuthorize,
  type Authorizer, type DecisionClient, type ErrorCode, type ServiceCredential,
} from 'portcullis/authorize';

const credential: ServiceCredential = async ({ rejected }) => rejected ?? 'token';
const client: DecisionClient = createDecisionClient({
  url: 'http://127.0.0.1:9/graphql', credential, attempts: 1,
  onFailure: (failure) => { if (!(failure instanceof DecisionFailure)) throw failure; },
});
const query = new GraphQLObjectType<unknown, { authorization: Authorizer }>({
  name: 'Query',
  fields: {
    secret: { type: GraphQLString, resolve: () => 'secret', extensions: authorizeExtensions({ action: 'readSecret' }) },
    open: {
      type: GraphQLString,
      resolve: async (_source, _args, { authorization }) => {
        try { await authorization.require('readSecret', { type: 'Secrets::Secret', id: '1' }); return 'allowed'; }
        catch (error) { if (!(error instanceof AuthorizationError)) throw error; const code: ErrorCode = error.code; return code; }
      },
    },
  },
});
const schema = enforceAuthorize(new GraphQLSchema({ query, directives: [authorizeDirective] }), { namespace: 'Secrets' });
const result = await graphql({
  schema, source: '{ secret open }', contextValue: { authorization: client.forRequest({ accessToken: 'token' }) },
});
console.log(JSON.stringify({ data: result.data, codes: result.errors?.map(({ extensions }) => extensions.code) }));
// @ts-expect-error -- A namespace is needed.
void (() => enforceAuthorize(schema, {}));
`;

let app: RunningApp;
let alice: SignedIn;
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'portcullis-consumer-'));
  await writeFile(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  await run(process.execPath, ['scripts/package.mjs', project]);
  const tarball = `./portcullis-${manifest.version}.tgz`;
  const install = (...args: readonly string[]) =>
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...args], { cwd: project });
  // Whoever installs it may be strict about Node's version, where not all servers are.
  await install('--engine-strict', tarball, versionOf('graphql'));
  const [, codeFirst = ''] = /npm install (@apollo\/subgraph .*)/.exec(guide) ?? [];
  await install(
    ...codeFirst.split(' '),
    ...['graphql-yoga', '@apollo/subgraph', '@types/node'].map(versionOf),
  );
  app = await RunningApp.start({ SEED_SERVICES: 'documents' });
  alice = await app.signIn('alice@example.com');
});
afterAll(async () => {
  await app.stop();
  await rm(project, { recursive: true, force: true });
});

/** Compiles a file of the project with its own settings, as its own team would. */
async function compile(
  file: string,
  resolution: 'nodenext' | 'bundler',
  skipLibCheck: boolean,
): Promise<void> {
  const settings = {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'DOM', 'DOM.AsyncIterable'],
      module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
      moduleResolution: resolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      types: ['node'],
      outDir: 'compiled',
    },
    files: [file],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(settings));
  const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc');
  try {
    await run(process.execPath, [tsc, '-p', project]);
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}

it('holds the one export, and takes nothing of the service', async () => {
  const installed = JSON.parse(
    await readFile(join(project, 'node_modules/portcullis/package.json'), 'utf8'),
  ) as Record<string, unknown>;
  expect(Object.keys(installed.dependencies as object)).toEqual([
    '@graphql-tools/utils',
    'dataloader',
    'lru-cache',
    'p-retry',
  ]);
  expect(installed.peerDependencies).toEqual({ graphql: '^16.0.0' });
  const held = await readdir(join(project, 'node_modules/portcullis'));
  expect(held.filter((name) => name !== 'node_modules').sort()).toEqual([
    'LICENSE',
    'README.md',
    'authorize-spec.md',
    'dist',
    'package.json',
  ]);
  const module = await readFile(join(project, 'node_modules/portcullis/dist/authorize/index.js'), 'utf8');
  expect(module.length).toBeLessThan(100_000);
  expect(module).not.toMatch(/cedar-wasm|pglite|ioredis|type-graphql|aws-sdk/);
});

it.each(['nodenext', 'bundler'] as const)(
  'type-checks where modules are resolved by %s, and runs from ESM',
  async (resolution) => {
    await writeFile(join(project, 'consumer.ts'), CONSUMER);
    await compile('consumer.ts', resolution, false);
    const { stdout } = await run(process.execPath, [join(project, 'compiled/consumer.js')]);
    expect(JSON.parse(stdout)).toEqual({
      data: { secret: null, open: 'AUTHORIZATION_UNAVAILABLE' },
      codes: ['AUTHORIZATION_UNAVAILABLE'],
    });
  },
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('the example of docs/authorize.md is a subgraph that Portcullis decides for', async () => {
  const [, example = ''] = /```ts\n(import \{ createServer \}[\s\S]*?)```/.exec(guide) ?? [];
  const [, answered = ''] = /```json\n(\{\n {2}"data": [\s\S]*?)```/.exec(guide) ?? [];
  // It says nothing of where it is.
  const speaking = example.replace(
    /(\.listen\(Number\(PORT\), '127\.0\.0\.1')\)/,
    "$1, () => console.log('listening'))",
  );
  expect(speaking).not.toBe(example);
  await writeFile(join(project, 'subgraph.ts'), speaking);
  await compile('subgraph.ts', 'nodenext', true);

  const proxy = await startRecordingProxy(`${app.url}/graphql`);
  const { clientId, secret } = await credentialsOf(app, 'documents');
  // Its decisions go by the proxy, which has no token endpoint.
  const compiled = join(project, 'compiled/subgraph.js');
  const text = await readFile(compiled, 'utf8');
  await writeFile(compiled, text.replace('`${PORTCULLIS}/graphql`', JSON.stringify(proxy.url)));
  const port = await freePort();
  const subgraph = spawn(process.execPath, [compiled], {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      PORTCULLIS: app.url,
      CLIENT_ID: clientId,
      CLIENT_SECRET: secret,
      OWNER_ID: alice.user.id,
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await firstLine(subgraph);
    const ask = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: JSON.stringify({ query: '{ documents { title notes } }' }),
      });
    const signedIn = { authorization: `Bearer ${alice.accessToken}` };
    expect(await (await ask(signedIn)).json()).toEqual(JSON.parse(answered));
    expect(proxy.requests).toHaveLength(2);
    await ask(signedIn);
    expect(proxy.requests).toHaveLength(2);
    expect((await readAnswer(await ask({}))).faults).toEqual(['UNAUTHENTICATED at documents']);
  } finally {
    subgraph.kill();
    await proxy.close();
  }
});

/** Shows that it guards: its lists, and what is asked for by a key, whatever else the representation says. */
const CODE_FIRST_CONSUMER = `
import { graphql } from 'graphql';
import { createDecisionClient } from 'portcullis/authorize';
import { schema } from './code-first.js';

const client = createDecisionClient({ url: 'http://127.0.0.1:9/graphql', credential: () => 'token', attempts: 1 });
const entities = '_entities(representations: [{ __typename: "Document", id: "1" }]) { ... on Document { title notes } }';
for (const source of ['{ documents { title } }', '{ ' + entities + ' }']) {
  const { errors } = await graphql({ schema, source, contextValue: { authorization: client.forRequest({ headers: {} }) } });
  console.log(errors?.map(({ extensions, path }) => extensions.code + ' at ' + path?.join('.')).join());
}
`;

it('the code-first example of docs/authorize.md type-checks, and guards', async () => {
  const [, example = ''] = /```ts\n(import 'reflect-metadata';[\s\S]*?)```/.exec(guide) ?? [];
  await writeFile(join(project, 'code-first.ts'), example);
  await writeFile(join(project, 'code-first-consumer.ts'), CODE_FIRST_CONSUMER);
  await compile('code-first-consumer.ts', 'nodenext', true);
  const { stdout } = await run(process.execPath, [join(project, 'compiled/code-first-consumer.js')]);
  expect(stdout.trim().split('\n')).toEqual(['UNAUTHENTICATED at documents', 'UNAUTHENTICATED at _entities']);
});

async function firstLine({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('It has no output.');
  await once(createInterface(stdout), 'line');
}
