import { buildSubgraphSchema } from '@apollo/subgraph';
import type { FastifyInstance } from 'fastify';
import { parse } from 'graphql';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { enforceAuthorize } from '../../src/directives/authorize.transformer.js';
import { createServer } from '../../src/http/create-server.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createReadiness } from '../../src/services/readiness/readiness.js';
import { AUTHORIZE_SDL } from '../support/guarded-schema.js';
import { RunningApp, type GraphqlError, type SignedIn } from '../support/running-app.js';

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphqlError[];
  readonly extensions?: { readonly authorization?: { readonly filtered: number } };
}

describe('a schema whose guards say what a denial does', () => {
  let app: RunningApp;
  let server: FastifyInstance;
  let url: string;
  let alice: SignedIn;
  let admin: SignedIn;
  let done: string[] = [];
  const lines: string[] = [];

  const schema = enforceAuthorize(
    buildSubgraphSchema({
      typeDefs: parse(`${AUTHORIZE_SDL}
        type User @key(fields: "id") @authorize(action: "readUser", onDenied: REJECT) { id: ID! }
        type Query {
          open: String
          readable(ids: [ID!]!): [ID!]
            @authorize(action: "readUser", resource: "$item", resourceType: "User", onDenied: FILTER)
          person(id: ID!): User
          listed: String @authorize(action: "listUsers", onDenied: REJECT)
          tried: String @authorize(action: "listUsers", dryRun: true, onDenied: REJECT)
          triedIds(ids: [ID!]!): [ID!]
            @authorize(action: "readUser", resource: "$item", resourceType: "User", onDenied: FILTER, dryRun: true)
        }
        type Mutation {
          free: String
          listed: String @authorize(action: "listUsers", onDenied: REJECT)
        }
      `),
      resolvers: {
        User: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
        Query: {
          open: () => 'open',
          readable: (_: unknown, { ids }: { ids: string[] }) => ids,
          person: (_: unknown, { id }: { id: string }) => ({ id }),
          listed: () => 'listed',
          tried: () => 'tried',
          triedIds: (_: unknown, { ids }: { ids: string[] }) => ids,
        },
        Mutation: {
          free: () => (done.push('free'), 'free'),
          listed: () => (done.push('listed'), 'listed'),
        },
      },
    }),
  );

  beforeAll(async () => {
    app = await RunningApp.start(
      {},
      { logger: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }) },
    );
    alice = await app.signIn('alice@example.com');
    admin = await app.signIn('admin@example.com');
    const { services } = app.app;
    ({ server } = await createServer({
      schema,
      services,
      readiness: createReadiness([], { clock: systemClock, logger: services.logger }),
      randomness: systemRandomness,
      production: false,
      gatewaySecrets: [],
      trustedProxies: [],
      corsOrigins: [],
      listMessages: async () => [],
    }));
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await server.close();
    await app.stop();
  });
  beforeEach(() => {
    done = [];
    lines.length = 0;
  });

  const ask = async (query: string, who?: SignedIn, variables: Record<string, unknown> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(who && { authorization: `Bearer ${who.accessToken}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as Answer) };
  };

  it('leaves the denied items of a list out, and counts them', async () => {
    const ids = [alice.user.id, admin.user.id, 'nobody'];
    expect(await ask('query ($ids: [ID!]!) { readable(ids: $ids) }', alice, { ids })).toEqual({
      status: 200,
      data: { readable: [alice.user.id] },
      extensions: { authorization: { filtered: 2 } },
    });
  });

  it('refuses a query whole, in the words of any other denial, and counts nothing', async () => {
    const ids = [alice.user.id, admin.user.id];
    const { status, data, errors, extensions } = await ask(
      'query ($ids: [ID!]!) { open readable(ids: $ids) listed }',
      alice,
      { ids },
    );
    expect([status, data, extensions]).toEqual([200, null, undefined]);
    expect(errors).toEqual([
      {
        message: 'You may not listUsers on Identity::Application.',
        path: ['listed'],
        extensions: {
          code: 'FORBIDDEN',
          requestId: expect.any(String) as string,
          retry: { retryable: false, retryAfter: null },
          details: { action: 'listUsers', resourceType: 'Identity::Application' },
        },
      },
    ]);
    expect((await ask('{ open listed }', admin)).data).toEqual({ open: 'open', listed: 'listed' });
  });

  it('refuses mutations before the first has run', async () => {
    const { data, errors } = await ask('mutation { free again: listed }', alice);
    expect([data, errors?.map(({ extensions }) => extensions.code)]).toEqual([null, ['FORBIDDEN']]);
    const nobody = await ask('mutation { free listed }');
    expect(nobody.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(done).toEqual([]);
    expect((await ask('mutation { free listed }', admin)).data).toEqual({ free: 'free', listed: 'listed' });
  });

  it('refuses by the guard of a type, for a gateway too', async () => {
    const r = [alice, admin].map(({ user }) => ({ __typename: 'User', id: user.id }));
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } open }';
    const { data, errors } = await ask(query, alice, { r });
    expect([data, errors?.map(({ path }) => path)]).toEqual([null, [['_entities']]]);
    expect((await ask(query, alice, { r: r.slice(0, 1) })).data).toEqual({
      _entities: [{ id: alice.user.id }],
      open: 'open',
    });
    const person = await ask('query ($id: ID!) { open person(id: $id) { id } }', alice, {
      id: admin.user.id,
    });
    expect([person.data, person.errors?.length]).toEqual([null, 1]);
  });

  it('lets everything pass that is on trial, and says what it would have denied, not to whom', async () => {
    const ids = [alice.user.id, admin.user.id, 'nobody'];
    const query = 'query ($ids: [ID!]!) { tried again: tried triedIds(ids: $ids) }';
    const before = (await app.app.services.metrics.print()).body;
    expect(before).not.toContain('field="Query.tried"');
    expect(await ask(query, alice, { ids })).toEqual({
      status: 200,
      data: { tried: 'tried', again: 'tried', triedIds: ids },
    });
    const logged = lines
      .filter((line) => line.includes('on trial'))
      .map((line) => JSON.parse(line) as object);
    expect(logged).toHaveLength(2);
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 30,
        field: 'Query.tried',
        action: 'listUsers',
        resourceType: 'Identity::Application',
        reason: 'NOT_PERMITTED',
      }),
    );
    for (const told of [alice.user.id, admin.user.id, 'nobody', '@example.com']) {
      expect(JSON.stringify(logged)).not.toContain(told);
    }
    const { body } = await app.app.services.metrics.print();
    expect(body).toContain(
      'portcullis_dry_run_denials_total{field="Query.triedIds",action="readUser",reason="NOT_PERMITTED"} 2',
    );
    expect((await ask(query, undefined, { ids })).errors).toBeUndefined();
    expect((await app.app.services.metrics.print()).body).toContain('reason="UNAUTHENTICATED"');
  });
});
