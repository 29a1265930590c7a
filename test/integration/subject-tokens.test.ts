import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createLogger } from '../../src/services/create-logger.js';
import { DecisionDocument, DecisionsDocument, type DecisionCheck } from '../operations/generated.js';
import { archivePolicies } from '../support/archive.js';
import { FakeClock } from '../support/fake-clock.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import { clientToken } from '../support/seeded-services.js';

const clock = new FakeClock();
const lines: string[] = [];

let policies: string;
let app: RunningApp;
let alice: SignedIn;
let bob: SignedIn;
let admin: SignedIn;
let orders: string;
beforeAll(async () => {
  policies = await archivePolicies();
  const env = {
    SEED_SERVICES: 'orders,auditing,guest',
    POLICIES_DIR: policies,
    TRUSTED_PROXIES: '127.0.0.1',
    SESSION_CLIENT_CHANGE: 'end',
  };
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  app = await RunningApp.start(env, { clock, logger });
  [alice, bob, admin] = await Promise.all([
    app.signIn('alice@example.com'),
    app.signIn('bob@example.com'),
    app.signIn('admin@example.com'),
  ]);
  orders = await clientToken(app, 'orders');
});
afterAll(async () => {
  await app.stop();
  await rm(policies, { recursive: true });
});

const APPLICATION = { type: 'Identity::Application', id: 'portcullis' };
const userUid = ({ user: { id } }: SignedIn) => ({ type: 'Identity::User', id });
const owned = (owner: SignedIn) => ({ owner: { __entity: userUid(owner) } });
const file = (id: string, action = 'view'): DecisionCheck => ({
  action,
  resource: { type: 'Archive::File', id },
});
const onBehalfOf = (token: string) => ({ 'x-subject-token': token });

const decide = async (
  check: DecisionCheck,
  { accessToken }: Pick<SignedIn, 'accessToken'>,
  token = orders,
) => {
  const headers = onBehalfOf(accessToken);
  const { data, errors } = await app.ask(DecisionDocument, { token, headers, variables: { check } });
  expect(errors).toEqual([]);
  return data?.decision;
};

describe('on behalf of a person a service asks', () => {
  it('as that person, with attributes of the resource', async () => {
    const check = { ...file('1'), resourceAttributes: owned(alice) };
    expect(await decide(check, alice)).toMatchObject({ reason: 'PERMITTED', principal: userUid(alice) });
    expect(await decide(check, bob)).toMatchObject({ reason: 'NOT_PERMITTED', principal: userUid(bob) });
  });

  it('what the person would be answered', async () => {
    const checks = ['listUsers', 'explainDecision', 'createUser', 'decideForOthers'].map((action) => ({
      action,
      resource: APPLICATION,
    }));
    checks.push({ action: 'updateProfile', resource: userUid(alice) });
    for (const person of [alice, admin]) {
      const own = await app.ask(DecisionsDocument, { token: person.accessToken, variables: { checks } });
      const headers = onBehalfOf(person.accessToken);
      const theirs = await app.ask(DecisionsDocument, { token: orders, headers, variables: { checks } });
      expect(theirs.data).toEqual(own.data);
      expect(new Set(own.data?.decisions.map(({ allowed }) => allowed)).size).toBe(2);
    }
  });

  it('with the facts of their sign-in, whatever it claims, be it that it names them', async () => {
    for (const principal of [undefined, userUid(alice), { type: 'User', id: alice.user.id }]) {
      for (const mfaAuthenticated of [true, false]) {
        const claimed = (action: string) => ({
          ...file('1', action),
          ...(principal && { principal }),
          context: { mfaAuthenticated },
          resourceAttributes: owned(alice),
        });
        expect(await decide(claimed('shred'), alice)).toMatchObject({ reason: 'NOT_PERMITTED' });
        expect(await decide(claimed('lend'), alice)).toMatchObject({ reason: 'PERMITTED' });
      }
    }
  });

  it('what would be of others whom it names', async () => {
    const check = {
      ...file('1', 'shred'),
      principal: userUid(bob),
      context: { mfaAuthenticated: true },
      resourceAttributes: owned(alice),
    };
    expect(await decide(check, alice)).toMatchObject({ reason: 'PERMITTED', principal: userUid(bob) });
  });

  it('for itself where it names itself', async () => {
    const principal = { type: 'Identity::Service', id: 'orders' };
    const check = { principal, action: 'decideForOthers', resource: APPLICATION, context: { scopes: [] } };
    expect(await decide(check, alice)).toMatchObject({ reason: 'PERMITTED', principal });
  });

  it('nothing that it may not ask of others', async () => {
    const guest = await clientToken(app, 'guest');
    const check = { ...file('1'), resourceAttributes: owned(alice) };
    expect(await decide(check, alice, guest)).toMatchObject({
      allowed: false,
      reason: 'FORBIDDEN',
      principal: userUid(alice),
    });
  });

  it('and is told why by its own right, not by the person’s', async () => {
    const auditing = await clientToken(app, 'auditing');
    const check = { ...file('1'), resourceAttributes: owned(alice) };
    expect(await decide(check, admin)).toMatchObject({ determiningPolicies: null, errors: null });
    expect(await decide(check, alice, auditing)).toMatchObject({
      determiningPolicies: [{ id: 'owners-view' }],
      errors: [],
    });
  });

  it('and stays itself for everything else', async () => {
    const as = { token: orders, headers: onBehalfOf(admin.accessToken) };
    expect((await app.ask('{ me { id } }', as)).data).toEqual({ me: null });
    for (const [operation, field] of [
      ['{ users { nodes { id } } }', 'users'],
      [`{ user(id: "${alice.user.id}") { id } }`, 'user'],
      ['mutation { logout }', 'logout'],
      [`mutation { disableUser(id: "${alice.user.id}") { id } }`, 'disableUser'],
    ] as const) {
      expect((await app.ask(operation, as)).faults).toEqual([`FORBIDDEN at ${field}`]);
    }
  });

  it('from wherever it runs: the session of the person is not held against its client', async () => {
    const from = (address: string, agent: string) => ({ 'x-forwarded-for': address, 'user-agent': agent });
    const home = from(
      '198.51.100.7',
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    );
    const { accessToken } = await app.signIn('carol@example.com', { headers: home });
    const headers = { ...onBehalfOf(accessToken), ...from('203.0.113.9', 'orders/1.0') };
    const check = { action: 'listUsers', resource: APPLICATION };
    const { faults } = await app.ask(DecisionDocument, { token: orders, headers, variables: { check } });
    expect(faults).toEqual([]);
    const mine = await app.ask('{ me { sessions(first: 1) { nodes { suspiciousSince } } } }', {
      token: accessToken,
      headers: home,
    });
    expect(mine.data).toEqual({ me: { sessions: { nodes: [{ suspiciousSince: null }] } } });
  });
});

describe('a subject token', () => {
  const QUERY = `{ me { id } decision(check: { action: "listUsers", resource: { type: "Application", id: "portcullis" } }) {
    allowed } }`;
  const refused = (code: string) => ({ data: null, faults: [`${code} at decision`] });

  it('ends with its session, at once', async () => {
    const person = await app.signIn('bob@example.com');
    const check = { ...file('2'), resourceAttributes: owned(person) };
    expect(await decide(check, person)).toMatchObject({ reason: 'PERMITTED' });
    expect(await decide(check, person)).toMatchObject({ reason: 'PERMITTED', source: 'CACHE' });
    await app.ask('mutation { logout }', { token: person.accessToken });
    const headers = onBehalfOf(person.accessToken);
    const answer = await app.ask(DecisionDocument, { token: orders, headers, variables: { check } });
    expect(answer).toMatchObject(refused('UNAUTHENTICATED'));
  });

  it.each<[string, () => string | Promise<string>]>([
    ['empty', () => ''],
    ['no token', () => 'garbage'],
    ['an Authorization header', () => `Bearer ${alice.accessToken}`],
    ['two tokens', () => `${alice.accessToken}, ${bob.accessToken}`],
    ['changed', () => `${alice.accessToken.slice(0, -6)}AAAAAA`],
    ['an ID token', () => alice.idToken],
    ['a refresh token', () => alice.refreshToken],
    ['a service’s', () => clientToken(app, 'auditing')],
  ])('that is %s is refused wherever a decision is asked for', async (_what, make) => {
    const answer = await app.ask(QUERY, { token: orders, headers: onBehalfOf(await make()) });
    expect(answer).toMatchObject(refused('UNAUTHENTICATED'));
    expect(answer.errors[0]).toMatchObject({
      message: 'The subject token is not valid. The person has to sign in again.',
      extensions: { details: { credential: 'SUBJECT' } },
    });
    const named = { ...file('1'), principal: userUid(alice), resourceAttributes: owned(alice) };
    const [headers, variables] = [onBehalfOf(await make()), { checks: [named] }];
    const { faults } = await app.ask(DecisionsDocument, { token: orders, headers, variables });
    expect(faults).toEqual(['UNAUTHENTICATED at decisions']);
  });

  it('is good once, whatever is asked, and for nothing else', async () => {
    const judging = vi.spyOn(app.app.services.authentication, 'authenticateSubject');
    const as = { token: orders, headers: onBehalfOf(alice.accessToken) };
    await app.ask('{ me { id } }', { token: orders, headers: onBehalfOf('garbage') });
    expect(judging).not.toHaveBeenCalled();
    const check =
      '(check: { action: "listUsers", resource: { type: "Application", id: "portcullis" } }) { allowed }';
    expect((await app.ask(`{ a: decision${check} b: decision${check} }`, as)).faults).toEqual([]);
    expect(judging).toHaveBeenCalledTimes(1);
    judging.mockRestore();
  });

  it('is a service’s to bring, and nobody’s else', async () => {
    const headers = onBehalfOf(alice.accessToken);
    const faultsOf = async (token?: string) => (await app.ask(QUERY, { token, headers })).faults;
    expect(await faultsOf(admin.accessToken)).toEqual(['FORBIDDEN at decision']);
    expect(await faultsOf()).toEqual(['UNAUTHENTICATED at decision']);
    expect(await faultsOf('garbage')).toEqual(['UNAUTHENTICATED at me', 'UNAUTHENTICATED at decision']);
    expect((await app.ask('{ me { id } }', { token: alice.accessToken, headers })).data).toEqual({
      me: { id: alice.user.id },
    });
  });

  it('is in no line of the log', async () => {
    lines.length = 0;
    await decide({ ...file('1'), resourceAttributes: owned(alice) }, alice);
    await app.ask(QUERY, { token: orders, headers: onBehalfOf(`${alice.accessToken}x`) });
    await expect.poll(() => lines.filter((line) => line.includes('A request was answered.')).length).toBe(2);
    expect(lines.join('')).not.toContain(alice.accessToken);
    expect(lines.join('')).not.toContain('x-subject-token');
  });

  it('is no good once it has expired, though the service’s is', async () => {
    const check = { ...file('1'), resourceAttributes: owned(alice) };
    clock.advance(15 * 60_000);
    const answer = await app.ask(DecisionDocument, {
      token: orders,
      headers: onBehalfOf(alice.accessToken),
      variables: { check },
    });
    expect(answer).toMatchObject(refused('UNAUTHENTICATED'));
  });
});

it('counts for the service alone, however many people it asks for', async () => {
  const own = await RunningApp.start({ RATE_LIMITS: 'checks.service=3/1m', SEED_SERVICES: 'orders' });
  const people = [await own.signIn('alice@example.com'), await own.signIn('bob@example.com')];
  const token = await clientToken(own, 'orders');
  const check = { action: 'listUsers', resource: APPLICATION };
  const ask = async (as: { token: string; headers?: Record<string, string> }, count: number) => {
    const checks = Array.from({ length: count }, () => check);
    return (await own.ask(DecisionsDocument, { ...as, variables: { checks } })).faults;
  };
  const [first, second] = people.map(({ accessToken }) => accessToken);
  expect(await ask({ token, headers: onBehalfOf(first!) }, 2)).toEqual([]);
  expect(await ask({ token, headers: onBehalfOf(second!) }, 2)).toEqual(['RATE_LIMITED at decisions']);
  expect(await ask({ token: first! }, 3)).toEqual([]);
  await own.stop();
});
