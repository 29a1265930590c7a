import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startGateway } from '../../examples/supergraph/start-gateway.js';
import { freePort } from '../support/programs.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph } from '../support/supergraph.js';

const CREATE = `mutation { createUser(input: { email: "new@example.com", userType: END_USER }) { id } }`;
const USERS = '{ users(first: 1) { nodes { id } } documents { title } }';

let app: RunningApp;
let admin: SignedIn;
let alice: SignedIn;
let supergraph: Supergraph;
beforeAll(async () => {
  app = await RunningApp.start({ GATEWAY_SECRET, COPROCESSOR_PORT: '0' });
  [admin, alice] = await Promise.all([app.signIn('admin@example.com'), app.signIn('alice@example.com')]);
  supergraph = await startAsking(`${app.coprocessorUrl}/coprocessor`);
});
afterAll(async () => {
  await supergraph.stop();
  await app.stop();
});
beforeEach(() => {
  supergraph.portcullis.requests.length = 0;
});

const startAsking = (coprocessorUrl: string) =>
  Supergraph.start(app, (options) => startGateway({ ...options, coprocessorUrl }), [
    { id: '1', title: 'Hers', ownerId: alice.user.id, reviewerId: alice.user.id },
  ]);

const denied = (path: string) => `UNAUTHORIZED_FIELD_OR_TYPE at ${path}`;

describe("Hive's gateway runtime, with Portcullis's coprocessor,", () => {
  it('has done what the policies permit', async () => {
    const { data, errors } = await supergraph.ask(USERS, { token: admin.accessToken });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ users: { nodes: [{ id: expect.any(String) as string }] } });
    expect(supergraph.portcullis.requests).toHaveLength(1);
  });

  it('refuses what they do not, without asking Portcullis, and answers the rest', async () => {
    const { data, faults } = await supergraph.ask(USERS, { token: alice.accessToken });
    expect(data).toEqual({ users: null, documents: [{ title: 'Hers' }] });
    expect(faults).toEqual([denied('users')]);
    expect(supergraph.portcullis.requests).toEqual([]);
  });

  it('refuses a mutation likewise', async () => {
    const { data, faults } = await supergraph.ask(CREATE, { token: alice.accessToken });
    // Though it cannot be null: the plugin does not go by that.
    expect(data).toEqual({ createUser: null });
    expect(faults).toEqual([denied('createUser')]);
    expect(supergraph.portcullis.requests).toEqual([]);
    expect((await supergraph.ask(CREATE, { token: admin.accessToken })).errors).toEqual([]);
  });

  it('refuses who is not signed in what needs somebody', async () => {
    const { data, faults } = await supergraph.ask(
      '{ user(id: "1") { id } people: users { nodes { id } } documents { title } }',
    );
    expect(data).toEqual({ user: null, people: null, documents: [{ title: 'Hers' }] });
    expect(faults).toEqual([denied('user'), denied('people')]);
    expect(supergraph.portcullis.requests).toEqual([]);
  });

  it('refuses nothing through which somebody signs in, nor what is below', async () => {
    const { data, errors } = await supergraph.ask(
      `mutation ($input: LoginInput!) { login(input: $input) { ... on Authenticated { user { email sessions { nodes { id } } } } } }`,
      { variables: { input: { email: 'alice@example.com', password: app.passwordOf('alice@example.com') } } },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ login: { user: { email: 'alice@example.com' } } });
    expect((await supergraph.ask('{ me { id } }')).data).toEqual({ me: null });
  });

  it('takes who has signed out for nobody', async () => {
    const { accessToken: token } = await app.signIn('admin@example.com');
    expect((await supergraph.ask(USERS, { token })).errors).toEqual([]);
    await supergraph.ask('mutation { logout }', { token });
    supergraph.portcullis.requests.length = 0;
    const { data, faults } = await supergraph.ask(USERS, { token });
    expect(data).toMatchObject({ users: null });
    expect(faults).toEqual([denied('users')]);
    expect(supergraph.portcullis.requests).toEqual([]);
  });

  it('refuses whatever needs somebody while the coprocessor is not there', async () => {
    const alone = await startAsking(`http://127.0.0.1:${await freePort()}/coprocessor`);
    try {
      const { data, faults } = await alone.ask(USERS, { token: admin.accessToken });
      expect(data).toEqual({ users: null, documents: [{ title: 'Hers' }] });
      expect(faults).toEqual([denied('users')]);
      expect(alone.portcullis.requests).toEqual([]);
    } finally {
      await alone.stop();
    }
  });
});
