import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DecisionsDocument, type DecisionCheck } from '../operations/generated.js';
import { archivePolicies } from '../support/archive.js';
import { readAnswer, RunningApp, type SignedIn } from '../support/running-app.js';
import { clientToken } from '../support/seeded-services.js';

const GATEWAY_SECRET = 'the-gateway-says-that-it-is-the-one';
const MB = 1_048_576;

let policies: string;
let app: RunningApp;
let alice: SignedIn;
let bob: SignedIn;
let token: string;
beforeAll(async () => {
  policies = await archivePolicies();
  app = await RunningApp.start({ SEED_SERVICES: 'orders', POLICIES_DIR: policies, GATEWAY_SECRET });
  [alice, bob] = await Promise.all([app.signIn('alice@example.com'), app.signIn('bob@example.com')]);
  token = await clientToken(app, 'orders');
});
afterAll(async () => {
  await app.stop();
  await rm(policies, { recursive: true });
});

const userUid = (id: string) => ({ type: 'Identity::User', id });
const ref = (id: string) => ({ __entity: userUid(id) });

interface Asked {
  readonly check: DecisionCheck;
  readonly expected: string;
}

/** Of different resources of two types, with descriptions that are right, wrong in many ways, and at odds with each other. */
function mixedChecks(count: number): Asked[] {
  const [mine, theirs] = [ref(alice.user.id), ref(bob.user.id)];
  const view = (type: string, id: string, resourceAttributes: Record<string, unknown>, expected: string) => ({
    check: { action: 'view', resource: { type: `Archive::${type}`, id }, resourceAttributes },
    expected,
  });
  const kinds: ((index: number) => Asked)[] = [
    (index) => view('File', `${index}`, { owner: mine, title: 'Moats' }, 'PERMITTED'),
    (index) => view('File', `${index}`, { owner: theirs, readers: [] }, 'NOT_PERMITTED'),
    (index) => view('File', `${index}`, { owner: theirs, readers: [theirs, mine] }, 'PERMITTED'),
    (index) => view('Folder', `${index}`, { owner: mine }, 'PERMITTED'),
    // One resource, of which the same service says this and that.
    () => view('File', 'shared', { owner: mine }, 'PERMITTED'),
    () => view('File', 'shared', { owner: theirs }, 'NOT_PERMITTED'),
    (index) => view('File', `${index}`, { owner: mine, title: 7 }, 'INVALID'),
    (index) => view('File', `${index}`, { owner: 'alice' }, 'INVALID'),
    (index) => view('File', `${index}`, { owner: mine, readers: [mine, 'bob'] }, 'INVALID'),
    (index) => view('File', `${index}`, {}, 'INVALID'),
    (index) => view('Folder', `${index}`, { owner: mine, title: 'Moats' }, 'INVALID'),
    (index) => view('Shelf', `${index}`, { owner: mine }, 'INVALID'),
    (index) => ({
      check: { action: 'view', resource: userUid(`${index}`), resourceAttributes: {} },
      expected: 'INVALID',
    }),
  ];
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length]!(index));
}

describe('1,000 checks of a service with attributes', () => {
  it.each([
    ['on behalf of a person', () => ({ 'x-subject-token': alice.accessToken }), () => ({})],
    ['of people whom it names', () => ({}), () => ({ principal: userUid(alice.user.id) })],
  ])('%s are each decided in its place', async (_whom, headers, naming) => {
    const asked = mixedChecks(1_000);
    const checks = asked.map(({ check }) => ({ ...check, ...naming() }));
    const { data, errors } = await app.ask(DecisionsDocument, {
      token,
      headers: headers(),
      variables: { checks },
    });
    expect(errors).toEqual([]);
    expect(data?.decisions.map(({ reason }) => reason)).toEqual(asked.map(({ expected }) => expected));
  });

  it('are the most', async () => {
    const checks = mixedChecks(1_001).map(({ check }) => check);
    const headers = { 'x-subject-token': alice.accessToken };
    const { faults } = await app.ask(DecisionsDocument, { token, headers, variables: { checks } });
    expect(faults).toEqual(['BAD_USER_INPUT at decisions']);
  });

  it('are answered with all that they say, however long a text one of them brings', async () => {
    const checks = mixedChecks(1_000).map(({ check }) => check);
    checks[0]!.resourceAttributes = { owner: ref(alice.user.id), title: 'x'.repeat(60_000) };
    const { data, faults } = await app.ask<{ decisions: { reason: string }[] }>(
      `query ($checks: [DecisionCheck!]!) { decisions(checks: $checks) {
         allowed effect reason source evaluatedAt errors determiningPolicies { id description }
         principal { type id } action { type id } resource { type id } } }`,
      { token, headers: { 'x-subject-token': alice.accessToken }, variables: { checks } },
    );
    expect(faults).toEqual([]);
    expect(data.decisions).toHaveLength(1_000);
    expect(data.decisions[0]?.reason).toBe('PERMITTED');
  });
});

describe('checks in a body of more than a megabyte', () => {
  /** 1,000 of them, each naming forty people. */
  const long = () => {
    const readers = Array.from({ length: 40 }, () => ref(alice.user.id));
    const checks = Array.from({ length: 1_000 }, (_, index) => ({
      principal: userUid(alice.user.id),
      action: 'view',
      resource: { type: 'Archive::File', id: `${index}` },
      resourceAttributes: { owner: ref(bob.user.id), readers },
    }));
    return JSON.stringify({ query: DecisionsDocument, variables: { checks } });
  };
  const post = async (body: string | ReadableStream, headers: Record<string, string>) =>
    readAnswer<{ decisions: { allowed: boolean }[] } | undefined>(
      await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        duplex: 'half',
      } as RequestInit),
    );
  const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

  it('are decided for a service, and through a gateway', async () => {
    const body = long();
    expect(body.length).toBeGreaterThan(3 * MB);
    for (const headers of [{}, { 'x-gateway-secret': GATEWAY_SECRET }]) {
      const { status, data } = await post(body, { ...bearer(token), ...headers });
      expect(status).toBe(200);
      expect(data?.decisions.every(({ allowed }) => allowed)).toBe(true);
    }
  });

  it.each<[string, () => Record<string, string>]>([
    ['nobody', () => ({})],
    ['a person', () => bearer(alice.accessToken)],
    ['a service whose token is wrong', () => bearer(`${token}x`)],
  ])('are not even read from %s', async (_who, headers) => {
    const { status, errors } = await post(long(), headers());
    expect(status).toBe(413);
    expect(errors).toMatchObject([
      { message: 'The body is too large: 1048576 bytes are the most.', extensions: { code: 'BAD_REQUEST' } },
    ]);
  });

  it('are refused beyond eight, and where the body does not say how long it is', async () => {
    const tooLong = JSON.stringify({ query: '{ __typename }' }).padEnd(8 * MB + 1);
    const unsaid = new Blob([long()]).stream();
    for (const body of [tooLong, unsaid]) {
      const { status, faults } = await post(body, bearer(token));
      expect([status, faults]).toEqual([413, ['BAD_REQUEST']]);
    }
  });
});

describe('what many checks share', () => {
  const sharing = (count: number) =>
    `query ($it: JSONObject) { decisions(checks: [${Array.from(
      { length: count },
      (_, index) => `{ action: "view", resource: { type: "Archive::File", id: "${index}" }, context: $it }`,
    ).join(' ')}]) { reason } }`;
  const it64k = { scopes: ['x'.repeat(60_000)] };

  it('counts for each of them: a megabyte for a person, eight for a service', async () => {
    for (const [credential, most] of [
      [alice.accessToken, 17],
      [token, 139],
    ] as const) {
      const ask = (count: number) => app.ask(sharing(count), { token: credential, variables: { it: it64k } });
      expect((await ask(most)).faults).toEqual([]);
      const { status, errors, faults } = await ask(most + 1);
      expect([status, faults]).toEqual([200, ['OPERATION_TOO_COMPLEX at decisions']]);
      expect(errors[0]?.message).toMatch(
        /^The contexts and attributes of all checks have at most \d+ characters/,
      );
    }
  });

  it('counts for all fields of the operation together', async () => {
    const check = '(check: { action: "x", resource: { type: "X", id: "1" }, context: $it }) { reason }';
    const fields = Array.from({ length: 18 }, (_, index) => `f${index}: decision${check}`).join(' ');
    const { faults } = await app.ask(`query ($it: JSONObject) { ${fields} }`, {
      token: alice.accessToken,
      variables: { it: it64k },
    });
    expect(faults).toEqual(['OPERATION_TOO_COMPLEX at f17']);
  });
});
