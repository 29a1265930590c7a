import { AdminCreateUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { DecisionsDocument } from '../operations/generated.js';
import { countEngineCalls, type EngineCall } from '../support/engine-calls.js';
import { RunningApp } from '../support/running-app.js';

describe('the checks of one operation', () => {
  let app: RunningApp;
  let token: string;
  let calls: EngineCall[];

  beforeAll(async () => {
    app = await RunningApp.start();
    const embedded = app.app.embedded!;
    calls = countEngineCalls(embedded.verifiedPermissions);
    for (let index = 0; index < 60; index += 1) {
      await embedded.cognito.send(
        new AdminCreateUserCommand({
          UserPoolId: embedded.pools.END_USER.poolId,
          Username: `person-${index}@example.com`,
          MessageAction: 'SUPPRESS',
        }),
      );
    }
    token = (await app.signIn('admin@example.com')).accessToken;
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    calls.length = 0;
  });

  const page = `{
    users(first: 50, filter: { userType: END_USER }) {
      nodes { id email update: can(action: "updateUser") { allowed } delete: can(action: "deleteUser") { allowed } }
    }
  }`;

  it('of a page of 50 people are 202, asked in 3 waves and 8 calls', async () => {
    const { data, errors } = await app.ask<{ users: { nodes: { update: { allowed: boolean } }[] } }>(page, {
      token,
    });
    expect(errors).toEqual([]);
    expect(data.users.nodes).toHaveLength(50);
    expect(data.users.nodes.every(({ update }) => update.allowed)).toBe(true);
    const sizes = calls.map(({ actions }) => actions.length);
    // Whether there is a next page takes a decision on whoever would be first there.
    expect(sizes.slice(0, 1)).toEqual([1]);
    expect(sizes.slice(1, 3).sort()).toEqual([21, 30]);
    expect(sizes.slice(3)).toEqual([30, 30, 30, 30, 30]);
    expect(calls.flatMap(({ actions }) => actions)).toHaveLength(202);
  });

  it('of a page that was asked for before take no call at all', async () => {
    await app.ask(page, { token });
    calls.length = 0;
    const { errors } = await app.ask(page, { token });
    expect([errors, calls]).toEqual([[], []]);
  });

  it('are asked once each, however often they come up', async () => {
    const { data } = await app.ask<{ decisions: { allowed: boolean }[] }>(
      `query ($id: ID!) {
        user(id: $id) { a: can(action: "readUser", fresh: true) { allowed } b: can(action: "readUser", fresh: true) { allowed } email emailVerified }
        decision(check: { action: "readUser", resource: { type: "Identity::User", id: $id } }, fresh: true) { allowed }
        decisions(fresh: true, checks: [
          { action: "readUser", resource: { type: "Identity::User", id: $id } }
          { action: "readUser", resource: { type: "Identity::User", id: $id } }
        ]) { allowed }
      }`,
      { token, variables: { id: (await app.signIn('alice@example.com')).user.id } },
    );
    expect(data.decisions).toEqual([{ allowed: true }, { allowed: true }]);
    const ofTheQuery = calls.flatMap(({ actions }) => actions).filter((action) => action === 'readUser');
    // Signing in alice asked once for herself; the query asks once for everything, though all want it anew.
    expect(ofTheQuery).toHaveLength(1 + 1);
  });

  it('share a call, whether or not whom they are about has to be read first', async () => {
    const { data } = await app.ask<{ users: { nodes: { id: string }[] } }>(
      '{ users(first: 50, filter: { emailStartsWith: "person-5" }) { nodes { id } } }',
      { token },
    );
    const { user } = await app.signIn('admin@example.com');
    const ids = [user.id, ...data.users.nodes.map(({ id }) => id)];
    const checks = [
      { action: 'createUser', resource: { type: 'Identity::Application', id: 'portcullis' } },
      ...ids.map((id) => ({ action: 'resetUserPassword', resource: { type: 'Identity::User', id } })),
    ];
    calls.length = 0;
    await app.ask(DecisionsDocument, { token, variables: { checks } });
    expect(calls.map(({ actions }) => actions.length)).toEqual([checks.length]);
    expect(checks.length).toBeGreaterThan(8);
  });

  it('share a call with the right to have them explained, where the operation asks for that', async () => {
    const query = (selection: string) => `query ($id: ID!) {
      decisions(fresh: true, checks: [
        { action: "disableUser", resource: { type: "Identity::User", id: $id } }
        { action: "createUser", resource: { type: "Identity::Application", id: "portcullis" } }
      ]) { allowed ...Rest }
    }
    fragment Rest on Decision { reason ... on Decision { ${selection} } }`;
    const { accessToken, user } = await app.signIn('auditor@example.com');
    const ask = async (selection: string) => {
      calls.length = 0;
      const { data, errors } = await app.ask<{ decisions: { why?: unknown }[] }>(query(selection), {
        token: accessToken,
        variables: { id: user.id },
      });
      expect(errors).toEqual([]);
      return { explained: data.decisions.every(({ why }) => Array.isArray(why)), calls };
    };
    expect(await ask('effect')).toEqual({
      explained: false,
      calls: [{ actions: ['disableUser', 'createUser'] }],
    });
    expect(await ask('why: determiningPolicies { id }')).toEqual({
      explained: true,
      calls: [{ actions: ['disableUser', 'createUser', 'explainDecision'] }],
    });
  });

  it('of 1,000 checks on one person share 34 calls', async () => {
    const checks = Array.from({ length: 1_000 }, (_, index) => ({
      action: 'readUser',
      resource: { type: 'Identity::User', id: `nobody-${index}` },
    }));
    const { data } = await app.ask(DecisionsDocument, { token, variables: { checks } });
    expect(data?.decisions).toHaveLength(1_000);
    expect(calls).toHaveLength(34);
  });
});
