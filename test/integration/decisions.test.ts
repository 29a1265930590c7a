import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { DecisionDocument, DecisionsDocument, type DecisionCheck } from '../operations/generated.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';

describe('decisions', () => {
  let app: RunningApp;
  let admin: SignedIn;
  let auditor: SignedIn;
  let alice: SignedIn;
  let bob: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start();
    admin = await app.signIn('admin@example.com');
    auditor = await app.signIn('auditor@example.com');
    alice = await app.signIn('alice@example.com');
    bob = await app.signIn('bob@example.com');
  });
  afterAll(() => app.stop());

  const decide = async (person: SignedIn, check: DecisionCheck) => {
    const { data, errors, status, text } = await app.ask(DecisionDocument, {
      token: person.accessToken,
      variables: { check },
    });
    expect([errors, status]).toEqual([[], 200]);
    if (data === null) throw new Error(text);
    return data.decision;
  };
  const user = (id: string) => ({ type: 'Identity::User', id });

  it('explain themselves to who may see it', async () => {
    expect(await decide(admin, { action: 'readUser', resource: user(alice.user.id) })).toMatchObject({
      allowed: true,
      effect: 'ALLOW',
      reason: 'PERMITTED',
      source: 'ENGINE',
      errors: [],
      principal: user(admin.user.id),
      action: { type: 'Identity::Action', id: 'readUser' },
      resource: user(alice.user.id),
      determiningPolicies: [
        { id: 'administrators-administer', description: expect.stringMatching(/^Administrators/) as string },
      ],
    });
  });

  it('keep their policies from who may not, without an error', async () => {
    const decision = await decide(alice, { action: 'readUser', resource: user(alice.user.id) });
    expect(decision).toMatchObject({ allowed: true, determiningPolicies: null, errors: null });
  });

  it('tell a forbidding policy from the lack of a permitting one', async () => {
    expect((await decide(admin, { action: 'deleteUser', resource: user(admin.user.id) })).reason).toBe(
      'FORBIDDEN',
    );
    expect((await decide(alice, { action: 'readUser', resource: user(bob.user.id) })).reason).toBe(
      'NOT_PERMITTED',
    );
  });

  it('know auditors, who read and change nothing', async () => {
    const about = user(alice.user.id);
    expect((await decide(auditor, { action: 'readContact', resource: about })).allowed).toBe(true);
    for (const action of ['updateUser', 'deleteUser', 'disableUser', 'resetUserPassword']) {
      expect((await decide(auditor, { action, resource: about })).allowed).toBe(false);
    }
  });

  it.each([
    ['an unknown action', { action: 'fly', resource: user('x') }],
    ['an action of another namespace', { action: 'Documents::readUser', resource: user('x') }],
    ['an unknown type', { action: 'readUser', resource: { type: 'Identity::Castle', id: 'x' } }],
    ['an action on the wrong type', { action: 'listUsers', resource: user('x') }],
    [
      'a context that the schema refuses',
      { action: 'readUser', resource: user('x'), context: { colour: 'red' } },
    ],
    [
      'a null in the context',
      { action: 'readUser', resource: user('x'), context: { mfaAuthenticated: null } },
    ],
    ['attributes from a person', { action: 'readUser', resource: user('x'), resourceAttributes: { a: 1 } }],
    ['an empty id', { action: 'readUser', resource: user('') }],
    ['an id without end', { action: 'readUser', resource: user('x'.repeat(100_000)) }],
    ['an injection', { action: 'readUser", resource == "', resource: user('x" || true || "') }],
  ])('call %s INVALID, and say why', async (_what, check) => {
    const decision = await decide(admin, check);
    expect(decision).toMatchObject({ allowed: false, effect: 'DENY', reason: 'INVALID' });
    expect(decision.errors).toHaveLength(1);
  });

  it('refuse a context nested 500 deep, and 100,000 deep, and go on', async () => {
    for (const depth of [500, 100_000]) {
      const nested = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.accessToken}` },
        body: `{"query":${JSON.stringify(DecisionDocument)},"variables":{"check":{"action":"readUser","resource":{"type":"User","id":"x"},"context":${nested}}}}`,
      });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('"reason":"INVALID"');
    }
    expect((await decide(admin, { action: 'readUser', resource: user(alice.user.id) })).allowed).toBe(true);
  });

  it('are never overruled by the context of the caller', async () => {
    const claim = { mfaAuthenticated: true };
    expect(
      (await decide(alice, { action: 'readUser', resource: user(alice.user.id), context: claim })).allowed,
    ).toBe(true);
  });

  it('for others are for who may decideForOthers', async () => {
    const check = { principal: user(bob.user.id), action: 'updateProfile', resource: user(bob.user.id) };
    expect(await decide(admin, check)).toMatchObject({ allowed: true, principal: user(bob.user.id) });
    expect(await decide(alice, check)).toMatchObject({ allowed: false, reason: 'NOT_PERMITTED' });
    const himself = { ...check, principal: user(alice.user.id), resource: user(alice.user.id) };
    expect((await decide(alice, himself)).allowed).toBe(true);
  });

  it('about a principal who does not exist are denials', async () => {
    const check = { principal: user('ghost'), action: 'readUser', resource: user('ghost') };
    expect((await decide(admin, check)).allowed).toBe(false);
  });

  it('come in the order asked, and a bad one spoils no other', async () => {
    const checks = [
      { action: 'readUser', resource: user(alice.user.id) },
      { action: 'fly', resource: user(alice.user.id) },
      { action: 'readUser', resource: user(bob.user.id) },
      { action: 'updateProfile', resource: user(alice.user.id) },
    ];
    const { data } = await app.ask(DecisionsDocument, { token: alice.accessToken, variables: { checks } });
    expect(data?.decisions.map(({ reason }) => reason)).toEqual([
      'PERMITTED',
      'INVALID',
      'NOT_PERMITTED',
      'PERMITTED',
    ]);
  });

  it('come up to 1,000 at once, and not one more', async () => {
    const ask = (count: number) =>
      app.ask(DecisionsDocument, {
        token: alice.accessToken,
        variables: {
          checks: Array.from({ length: count }, (_, index) => ({
            action: 'Documents::view',
            resource: { type: 'Documents::Document', id: `${index}` },
          })),
        },
      });
    expect((await ask(1_000)).data?.decisions).toHaveLength(1_000);
    expect((await ask(1_001)).faults).toEqual(['BAD_USER_INPUT at decisions']);
  });

  it('on changes are about whoever asks by then, whomever the credential was judged for', async () => {
    const { authentication, users } = app.app.services;
    const judge = authentication.authenticate.bind(authentication);
    const judging = vi.spyOn(authentication, 'authenticate');
    judging.mockImplementation(async (...credential) => {
      const judged = await judge(...credential);
      await users.disable(admin.user.id);
      return judged;
    });
    const { errors } = await app.ask('mutation ($id: ID!) { disableUser(id: $id) { id } }', {
      token: admin.accessToken,
      variables: { id: bob.user.id },
    });
    judging.mockRestore();
    await users.enable(admin.user.id);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await users.find(bob.user.id)).toMatchObject({ enabled: true });
  });

  it('are for who is signed in', async () => {
    const { faults } = await app.ask(DecisionDocument, {
      variables: { check: { action: 'readUser', resource: user('x') } },
    });
    expect(faults).toEqual(['UNAUTHENTICATED at decision']);
  });
});
