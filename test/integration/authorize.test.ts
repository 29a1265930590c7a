import 'reflect-metadata';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { parse } from 'graphql';
import { buildSchemaSync, Directive, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  authorize,
  authorizeDirective,
  authorizeLink,
  clientCredentials,
  createDecisionClient,
  enforceAuthorize,
  type DecisionClient,
  type DecisionFailure,
} from '../../src/authorize/index.js';
import {
  Documents,
  startApollo,
  startYoga,
  type DocumentRecord,
  type RunningSubgraph,
} from '../support/documents-subgraph.js';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.js';
import { readAnswer, RunningApp, type SignedIn } from '../support/running-app.js';
import { credentialsOf } from '../support/seeded-services.js';

let app: RunningApp;
let alice: SignedIn;
let bob: SignedIn;
let proxy: RecordingProxy;
let client: DecisionClient;
const failures: DecisionFailure[] = [];
beforeAll(async () => {
  app = await RunningApp.start({ SEED_SERVICES: 'documents' });
  [alice, bob] = await Promise.all([app.signIn('alice@example.com'), app.signIn('bob@example.com')]);
  proxy = await startRecordingProxy(`${app.url}/graphql`);
  client = await clientOf(proxy.url);
});
afterAll(async () => {
  await proxy.close();
  await app.stop();
});
beforeEach(() => {
  client.invalidate();
  proxy.requests.length = 0;
  failures.length = 0;
});

async function clientOf(url: string): Promise<DecisionClient> {
  const { clientId, secret } = await credentialsOf(app, 'documents');
  return createDecisionClient({
    url,
    credential: clientCredentials({ tokenUrl: `${app.url}/oauth2/token`, clientId, clientSecret: secret }),
    deadlineMs: 20_000,
    onFailure: (failure) => failures.push(failure),
  });
}

async function post(
  { url }: RunningSubgraph,
  query: string,
  { token, variables }: { token?: string; variables?: Record<string, unknown> } = {},
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { status, data, faults, errors, extensions } = await readAnswer<unknown>(response);
  return { status, data, faults, errors, extensions };
}

const records = (): readonly DocumentRecord[] => [
  { id: '1', title: 'Drawbridges', ownerId: alice.user.id },
  { id: '2', title: 'Moats', ownerId: bob.user.id, reviewerId: alice.user.id },
  { id: '3', title: 'Walls', ownerId: bob.user.id },
];

describe.each([
  ['GraphQL Yoga', startYoga],
  ['Apollo Server', startApollo],
])('a schema-first subgraph on %s', (_, start) => {
  let documents: Documents;
  let subgraph: RunningSubgraph;
  beforeEach(async () => {
    documents = new Documents(records());
    subgraph = await start(documents.schema(), client);
    return () => subgraph.stop();
  });

  it('shows people what the policies let them see, and counts the rest', async () => {
    const list = '{ documents { title editable shareable } }';
    expect(await post(subgraph, list, { token: alice.accessToken })).toEqual({
      status: 200,
      data: {
        documents: [
          { title: 'Drawbridges', editable: 'edit 1', shareable: true },
          { title: 'Moats', editable: 'edit 2', shareable: false },
        ],
      },
      faults: [],
      errors: [],
      extensions: { authorization: { filtered: 1 } },
    });
    expect(failures).toEqual([]);
  });

  it('puts null and an error where a list can have null', async () => {
    const { data, faults, errors } = await post(subgraph, '{ drafts { title } }', {
      token: alice.accessToken,
    });
    expect(data).toEqual({ drafts: [{ title: 'Drawbridges' }, { title: 'Moats' }, null] });
    expect(faults).toEqual(['FORBIDDEN at drafts.2']);
    expect(errors[0]).toMatchObject({
      message: 'You may not readDocument on Documents::Document.',
      extensions: {
        code: 'FORBIDDEN',
        retry: { retryable: false, retryAfter: null },
        details: { action: 'readDocument', resourceType: 'Documents::Document' },
      },
    });
  });

  it('asks what two lists need in one request, and nothing that is remembered', async () => {
    const both = '{ secrets(ids: ["1", "3"]) more: secrets(ids: ["2", "3", "none"]) }';
    const { data } = await post(subgraph, both, { token: alice.accessToken });
    expect(data).toEqual({ secrets: ['1'], more: ['2'] });
    expect(proxy.requests.map(({ variables }) => (variables.checks as unknown[]).length)).toEqual([3]);

    expect((await post(subgraph, both, { token: alice.accessToken })).data).toEqual(data);
    expect(proxy.requests).toHaveLength(1);
  });

  it('asks about a whole level of an operation at once', async () => {
    await post(subgraph, '{ documents { editable shareable } drafts { title } }', {
      token: alice.accessToken,
    });
    // May they list; which may they read, and edit besides; and what a resolver asks of those.
    expect(proxy.requests.map(({ variables }) => (variables.checks as unknown[]).length)).toEqual([1, 6, 2]);
  });

  it('asks what a type and the fields that are selected of it need in one request, however they are selected', async () => {
    const query = `query ($representations: [_Any!]!) {
      document(id: "1") { id ...editing }
      _entities(representations: $representations) { ... on Document { ...editing } }
    } fragment editing on Document { ... { title editable } }`;
    const representations = [{ __typename: 'Document', id: '2' }];
    const { data, errors } = await post(subgraph, query, {
      token: alice.accessToken,
      variables: { representations },
    });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ document: { title: 'Drawbridges' }, _entities: [{ title: 'Moats' }] });
    expect(proxy.requests.map(({ variables }) => (variables.checks as unknown[]).length)).toEqual([4]);
  });

  it('asks nothing of fields that are not selected', async () => {
    await post(subgraph, '{ document(id: "1") { title } }', { token: alice.accessToken });
    expect(proxy.requests.map(({ variables }) => (variables.checks as unknown[]).length)).toEqual([1]);
  });

  it('asks nobody for who is not signed in', async () => {
    const { data, faults } = await post(subgraph, '{ document(id: "1") { title } }');
    expect(data).toEqual({ document: null });
    expect(faults).toEqual(['UNAUTHENTICATED at document']);
    expect(proxy.requests).toEqual([]);
  });

  it('tells who brings a token that is no good to sign in', async () => {
    const { faults } = await post(subgraph, '{ document(id: "1") { title } }', { token: 'a.b.c' });
    expect(faults).toEqual(['UNAUTHENTICATED at document']);
    expect(failures).toEqual([]);
  });

  it('guards what a gateway asks for by its key, whatever it says of it', async () => {
    const { data, faults } = await post(
      subgraph,
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Document { title } } }',
      {
        token: alice.accessToken,
        variables: {
          representations: ['1', '3', '4'].map((id) => ({
            __typename: 'Document',
            id,
            ownerId: alice.user.id,
          })),
        },
      },
    );
    expect(data).toEqual({ _entities: [{ title: 'Drawbridges' }, null, null] });
    expect(faults).toEqual(['FORBIDDEN at _entities.1']);
  });

  it('asks before a mutation about what its arguments name', async () => {
    const rename = (id: string) => `mutation { rename(id: "${id}", title: "New") { title } }`;
    expect((await post(subgraph, rename('2'), { token: alice.accessToken })).data).toEqual({
      rename: { title: 'New' },
    });
    const denied = await post(subgraph, rename('3'), { token: alice.accessToken });
    expect(denied.faults).toEqual(['FORBIDDEN at rename']);
    expect((await post(subgraph, rename('none'), { token: alice.accessToken })).faults).toEqual([
      'FORBIDDEN at rename',
    ]);
    expect(documents.done).toEqual(['rename 2']);
  });

  it('decides anew after a mutation', async () => {
    const { data, faults } = await post(
      subgraph,
      `mutation { giveAway(id: "1", to: "${bob.user.id}") { title } }`,
      { token: alice.accessToken },
    );
    expect(data).toEqual({ giveAway: null });
    expect(faults).toEqual(['FORBIDDEN at giveAway']);
    expect(proxy.requests.map(({ variables }) => variables.fresh)).toEqual([false, true]);
    expect(documents.done).toEqual(['giveAway 1']);
  });

  it('refuses an operation whole before anything of it is done', async () => {
    const answered = await post(
      subgraph,
      'mutation { rename(id: "1", title: "New") { title } remove(id: "1") }',
      { token: alice.accessToken },
    );
    expect(answered).toMatchObject({ status: 200, data: null, faults: ['FORBIDDEN at remove'] });
    expect(documents.done).toEqual([]);
  });

  it('sees on the next question that a session has ended, once nothing is remembered', async () => {
    const { accessToken } = await app.signIn('carol@example.com');
    const ask = () => post(subgraph, '{ documents { title } }', { token: accessToken });
    expect((await ask()).data).toEqual({ documents: [] });
    await app.ask('mutation { logout }', { token: accessToken });
    expect((await ask()).data).toEqual({ documents: [] });
    client.invalidate();
    expect((await ask()).faults).toEqual(['UNAUTHENTICATED at documents']);
  });
});

it('denies, and says that it could not decide, while Portcullis is not there', async () => {
  const gone = await startRecordingProxy(`${app.url}/graphql`);
  await gone.close();
  const documents = new Documents(records());
  const subgraph = await startYoga(documents.schema(), await clientOf(gone.url));
  const { data, faults } = await post(subgraph, '{ document(id: "1") { title } documents { title } }', {
    token: alice.accessToken,
  });
  expect(data).toBeNull();
  expect([...faults].sort()).toEqual([
    'AUTHORIZATION_UNAVAILABLE at document',
    'AUTHORIZATION_UNAVAILABLE at documents',
  ]);
  await subgraph.stop();
});

@Directive('@key(fields: "id")')
@Directive(authorize({ action: 'readDocument' }))
@ObjectType('Document')
class CodeFirstDocument {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Directive(authorize({ action: 'editDocument' }))
  @Field(() => String, { nullable: true })
  editable?: string;
}

let stored: Documents;

@Resolver()
class CodeFirstResolver {
  @Directive(authorize({ action: 'readDocument', onDenied: 'FILTER' }))
  @Query(() => [CodeFirstDocument])
  documents(): readonly DocumentRecord[] {
    return [...stored.records.values()];
  }
}

it('guards a code-first subgraph of type-graphql on Apollo Server', async () => {
  stored = new Documents(records());
  const codeFirst = buildSchemaSync({
    resolvers: [CodeFirstResolver],
    directives: [authorizeDirective],
    orphanedTypes: [],
    skipCheck: true,
    validate: false,
  });
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])';
  const sdl = printSchemaWithDirectives(codeFirst).replace(/schema\s*\{[^}]*\}\s*/, '');
  const schema = enforceAuthorize(
    buildSubgraphSchema({
      typeDefs: parse(`${link}\n${authorizeLink}\n${sdl}`),
      resolvers: {
        Query: { documents: () => [...stored.records.values()] },
        Document: {
          __resolveReference: ({ id }: { id: string }) => stored.find(id),
          editable: ({ id }: { id: string }) => `edit ${id}`,
        },
      },
    }),
    { namespace: 'Documents', resources: { Document: stored.describe } },
  );
  const subgraph = await startApollo(schema, client);
  expect(
    await post(subgraph, '{ documents { title editable } }', { token: alice.accessToken }),
  ).toMatchObject({
    data: {
      documents: [
        { title: 'Drawbridges', editable: 'edit 1' },
        { title: 'Moats', editable: 'edit 2' },
      ],
    },
    faults: [],
    extensions: { authorization: { filtered: 1 } },
  });
  await subgraph.stop();
});
