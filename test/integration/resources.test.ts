import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countEngineCalls } from '../support/engine-calls.js';
import { RunningApp } from '../support/running-app.js';

const SECRET = 'the-secret-of-the-gateway-under-test';

interface Decided {
  readonly can: {
    readonly allowed: boolean;
    readonly reason: string;
    readonly errors: string[] | null;
  } | null;
}

const QUERY = `query ($representations: [_Any!]!, $action: String!) {
  _entities(representations: $representations) { ... on Resource { can(action: $action) { allowed reason errors } } }
}`;

describe('decisions about entities of other subgraphs', () => {
  let app: RunningApp;
  let open: RunningApp;
  let alice: { id: string; token: string };
  let admin: string;

  const signIn = async (of: RunningApp, email: string) => {
    const { user, accessToken } = await of.signIn(email);
    return { id: user.id, token: accessToken };
  };

  beforeAll(async () => {
    [app, open] = await Promise.all([RunningApp.start({ GATEWAY_SECRET: SECRET }), RunningApp.start()]);
    alice = await signIn(app, 'alice@example.com');
    admin = (await signIn(app, 'admin@example.com')).token;
  });
  afterAll(() => Promise.all([app.stop(), open.stop()]));

  interface Asking {
    readonly of?: RunningApp;
    readonly token?: string;
    readonly action?: string;
    readonly secret?: string | null;
  }

  const ask = async (
    representations: readonly unknown[],
    { of = app, token = alice.token, action = 'editDocument', secret = SECRET }: Asking = {},
  ) =>
    of.ask<{ _entities: (Decided | null)[] }>(QUERY, {
      token,
      headers: secret === null ? {} : { 'x-gateway-secret': secret },
      variables: {
        representations: representations.map((one) => ({ __typename: 'Resource', ...(one as object) })),
        action,
      },
    });

  const ownedBy = (id: string) => ({ owner: { __entity: { type: 'Identity::User', id } } });
  const named = (cedarUid: unknown, cedarAttributes?: unknown) => ({ cedarUid, cedarAttributes });
  const DOCUMENT = 'Documents::Document::"1"';

  it('rest on the attributes that a gateway brings', async () => {
    const { data, errors } = await ask([
      named(DOCUMENT, ownedBy(alice.id)),
      named('Documents::Document::"2"', ownedBy('somebody-else')),
      named(String.raw`Documents::Document::"q\"uote"`, {
        ...ownedBy('else'),
        reviewer: ownedBy(alice.id).owner,
      }),
    ]);
    expect(errors).toEqual([]);
    expect(data._entities.map((found) => found?.can?.reason)).toEqual([
      'PERMITTED',
      'NOT_PERMITTED',
      'PERMITTED',
    ]);
  });

  it('tell a document from another that has its uid and other attributes', async () => {
    const representations = [named(DOCUMENT, ownedBy('x')), named(DOCUMENT, ownedBy(alice.id))];
    const { data } = await ask(representations);
    expect(data._entities.map((found) => found?.can?.allowed)).toEqual([false, true]);
  });

  it('are nobody’s to ask for who has no secret, where there is one', async () => {
    const { faults } = await ask([named(DOCUMENT, ownedBy(alice.id))], { secret: null });
    expect(faults[0]).toMatch(/^FORBIDDEN/);
    const { status } = await ask([named(DOCUMENT, ownedBy(alice.id))], {
      secret: 'another-secret-of-no-gateway-at-all',
    });
    expect(status).toBe(403);
  });

  it('believe no attribute that comes from no gateway', async () => {
    const { id, token } = await signIn(open, 'alice@example.com');
    for (const secret of [null, SECRET]) {
      const { data } = await ask([named(DOCUMENT, ownedBy(id))], { of: open, token, secret });
      expect(data._entities[0]?.can).toMatchObject({ allowed: false, reason: 'INVALID' });
    }
    const asAdmin = await open.signIn('admin@example.com');
    const { data } = await ask([named(DOCUMENT, ownedBy(id))], { of: open, token: asAdmin.accessToken });
    expect(data._entities[0]?.can?.errors).toEqual([
      'Attributes of a resource count only from a gateway that proves itself.',
    ]);
  });

  it('are denied where an attribute is missing, unknown, wrong or about the service’s own', async () => {
    const { data } = await ask(
      [
        named(DOCUMENT),
        named(DOCUMENT, null),
        named(DOCUMENT, {}),
        named(DOCUMENT, { ...ownedBy('x'), secret: true }),
        named(DOCUMENT, { owner: 'x' }),
        named(DOCUMENT, { owner: { __entity: { type: 'Documents::Document', id: 'x' } } }),
        named('Documents::Paper::"1"', {}),
        named(`Identity::User::"${alice.id}"`, { userType: 'ADMIN' }),
      ],
      { token: admin },
    );
    for (const found of data._entities)
      expect(found?.can).toMatchObject({ allowed: false, reason: 'INVALID' });
    expect(data._entities[0]?.can?.errors).toEqual(['Documents::Document needs the attribute "owner".']);
  });

  it('are those of the service itself about its own entities', async () => {
    const { data } = await ask([named(`Identity::User::"${alice.id}"`)], { action: 'readUser' });
    expect(data._entities[0]?.can).toMatchObject({ allowed: true, reason: 'PERMITTED' });
  });

  it.each([
    ['no uid', {}],
    ['a uid that is none', { cedarUid: 'Documents::Document' }],
    ['a uid of something else', { cedarUid: 7 }],
    ['a uid without end', { cedarUid: `Documents::Document::"${'x'.repeat(5_000)}"` }],
    ['attributes that are a list', { cedarUid: DOCUMENT, cedarAttributes: [] }],
    ['attributes that are a text', { cedarUid: DOCUMENT, cedarAttributes: '{}' }],
  ])('are an error in its own place for a representation with %s', async (_, wrong) => {
    const { data, errors, faults } = await ask([wrong, named(DOCUMENT, ownedBy(alice.id))]);
    expect(faults).toEqual(['BAD_USER_INPUT at _entities.0']);
    expect(errors[0]?.message).toBe('The representation names no entity by cedarUid and cedarAttributes.');
    expect(data._entities[0]).toBeNull();
    expect(data._entities[1]?.can?.allowed).toBe(true);
  });

  it('are denied for ids and values that are no question', async () => {
    let nested: unknown = 'x';
    for (let depth = 0; depth < 200; depth += 1) nested = [nested];
    const { data } = await ask([
      named('Documents::Document::""', ownedBy(alice.id)),
      named(`Documents::Document::"${'x'.repeat(201)}"`, ownedBy(alice.id)),
      named(DOCUMENT, { owner: nested }),
      named(DOCUMENT, { owner: 1.5 }),
    ]);
    for (const found of data._entities)
      expect(found?.can).toMatchObject({ allowed: false, reason: 'INVALID' });
  });

  it('are not there for who is not signed in', async () => {
    const { data, faults } = await ask([named(DOCUMENT, ownedBy(alice.id))], { token: '' });
    expect(data._entities).toEqual([{ can: null }]);
    expect(faults).toEqual(['UNAUTHENTICATED at _entities.0.can']);
  });

  it('are refused where all attributes together are more than a body may hold', async () => {
    const large = { note: 'x'.repeat(60_000) };
    const representations = Array.from({ length: 80 }, (_, index) => ({
      __typename: 'Resource',
      ...named(`Documents::Document::"${index}"`, large),
    }));
    const twice =
      '_entities(representations: $r) { ... on Resource { a: can(action: "x") { reason } b: can(action: "y") { reason } } }';
    const { data, faults } = await app.ask<{ _entities: Record<'a' | 'b', { reason: string } | null>[] }>(
      `query ($r: [_Any!]!) { ${twice} }`,
      { token: alice.token, headers: { 'x-gateway-secret': SECRET }, variables: { r: representations } },
    );
    expect(data._entities[0]).toEqual({ a: { reason: 'INVALID' }, b: { reason: 'INVALID' } });
    expect(data._entities.at(-1)).toEqual({ a: null, b: null });
    expect(new Set(faults.map((fault) => fault.split(' ')[0]))).toEqual(new Set(['OPERATION_TOO_COMPLEX']));
  });

  it('of 1,000 entities are asked together, in as few calls as there can be', async () => {
    const calls = countEngineCalls(app.app.embedded!.verifiedPermissions);
    const representations = Array.from({ length: 1_000 }, (_, index) =>
      named(`Documents::Document::"of-many-${index}"`, ownedBy(index % 2 === 0 ? alice.id : 'somebody-else')),
    );
    const { data, errors } = await ask(representations, { action: 'shareDocument' });
    expect(errors).toEqual([]);
    expect(data._entities.map((found) => found?.can?.allowed)).toEqual(
      representations.map((_, index) => index % 2 === 0),
    );
    expect(calls.map(({ actions }) => actions.length).sort((a, b) => a - b)).toEqual([
      10,
      ...Array.from({ length: 33 }, () => 30),
    ]);
    const { faults } = await ask([...representations, named(DOCUMENT)]);
    expect(faults).toEqual(['BAD_USER_INPUT at _entities']);
  });
});

it('contributes to nobody where no subgraph has the interface', async () => {
  const app = await RunningApp.start({ RESOURCE_INTERFACE: 'false' });
  try {
    const { data } = await app.ask<{ _service: { sdl: string } }>('{ _service { sdl } }');
    expect(data._service.sdl).not.toMatch(/type Resource\b/);
    const { faults } = await app.ask(
      '{ _entities(representations: [{ __typename: "Resource", cedarUid: "A::\\"1\\"" }]) { __typename } }',
    );
    expect(faults[0]).toMatch(/^BAD_USER_INPUT/);
  } finally {
    await app.stop();
  }
});
