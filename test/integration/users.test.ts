import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ConfirmRegistrationDocument,
  CreateUserDocument,
  MeDocument,
  MySessionsDocument,
  RegisterDocument,
  UserPageDocument,
  type CreateUserInput,
  type UserPageQuery,
  type UserPageQueryVariables,
} from '../operations/generated.js';
import { PASSWORD, RunningApp, type SignedIn } from '../support/running-app.js';

describe('people', () => {
  let app: RunningApp;
  let admin: SignedIn;
  let auditor: SignedIn;
  let alice: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start();
    admin = await app.signIn('admin@example.com');
    auditor = await app.signIn('auditor@example.com');
    alice = await app.signIn('alice@example.com');
  });
  afterAll(() => app.stop());

  const as =
    (person: SignedIn) =>
    (query: string, variables: Record<string, unknown> = {}) =>
      app.ask<Record<string, Record<string, unknown> | null> | null>(query, {
        token: person.accessToken,
        variables,
      });
  const page = (variables: UserPageQueryVariables, person = admin) =>
    app.ask(UserPageDocument, { token: person.accessToken, variables });
  const emails = ({ data }: { data: UserPageQuery | null }) =>
    (data?.users?.nodes ?? []).map(({ email }) => email).sort();
  const me = (person: SignedIn) => app.ask(MeDocument, { token: person.accessToken });
  const create = async (email: string, more: Partial<CreateUserInput> = {}) => {
    const { data, text } = await app.ask(CreateUserDocument, {
      token: admin.accessToken,
      variables: { input: { email, suppressInvitation: true, ...more } },
    });
    if (data === null) throw new Error(text);
    return data.createUser.id;
  };

  describe('in a list', () => {
    it('come administrators first, page by page, everybody once', async () => {
      const all = await page({ first: 100 });
      const ids = all.data?.users?.nodes.map(({ id }) => id) ?? [];
      expect(
        all.data?.users?.nodes
          .slice(0, 2)
          .map(({ email }) => email)
          .sort(),
      ).toEqual(['admin@example.com', 'auditor@example.com']);
      const walked: string[] = [];
      let after: string | null = null;
      for (let step = 0; step < ids.length; step += 1) {
        const { data }: { data: UserPageQuery | null } = await page({ first: 1, after });
        walked.push(...(data?.users?.nodes.map(({ id }) => id) ?? []));
        after = data?.users?.pageInfo.endCursor ?? null;
        expect(data?.users?.pageInfo.hasNextPage).toBe(step < ids.length - 1);
      }
      expect(walked).toEqual(ids);
    });

    it('are found by one filter besides pool and state', async () => {
      expect(emails(await page({ filter: { email: 'ALICE@example.com' } }))).toEqual(['alice@example.com']);
      expect(emails(await page({ filter: { emailStartsWith: 'a', userType: 'ADMIN' } }))).toEqual([
        'admin@example.com',
        'auditor@example.com',
      ]);
      expect(emails(await page({ filter: { givenNameStartsWith: 'Bo' } }))).toEqual(['bob@example.com']);
      const id = await create('disabled@example.com');
      await as(admin)('mutation ($id: ID!) { disableUser(id: $id) { id } }', { id });
      expect(emails(await page({ filter: { enabled: false } }))).toEqual(['disabled@example.com']);
      expect(emails(await page({ filter: { emailStartsWith: 'd', enabled: false } }))).toEqual([
        'disabled@example.com',
      ]);
      expect(emails(await page({ filter: { emailStartsWith: 'd', enabled: true } }))).toEqual([]);
      const [one, two] = await Promise.all([
        page({ filter: { givenNameStartsWith: 'x" or "' } }),
        page({ filter: { email: 'a@example.com', givenNameStartsWith: 'A' } }),
      ]);
      expect(one.errors).toEqual([]);
      expect(emails(one)).toEqual([]);
      expect(two.faults).toEqual(['BAD_USER_INPUT at users']);
    });

    it.each([0, -1, 101])('do not come %i at once', async (first) => {
      expect((await page({ first })).faults).toEqual(['BAD_USER_INPUT at users']);
    });

    it('need a cursor of this very list', async () => {
      const { data } = await page({ first: 1 });
      const cursor = data?.users?.pageInfo.endCursor ?? '';
      const flipped = `${cursor.slice(0, 10)}${cursor[10] === 'A' ? 'B' : 'A'}${cursor.slice(11)}`;
      for (const after of ['', 'x', flipped, cursor.slice(0, -1), `${cursor}A`]) {
        expect((await page({ after })).faults).toEqual(['BAD_USER_INPUT at users']);
      }
      expect((await page({ after: cursor, filter: { userType: 'END_USER' } })).faults).toEqual([
        'BAD_USER_INPUT at users',
      ]);
      const sessions = await app.ask(MySessionsDocument, { token: admin.accessToken });
      const foreign = sessions.data?.me?.sessions?.pageInfo.endCursor ?? '';
      expect(foreign).not.toBe('');
      expect((await page({ after: foreign })).faults).toEqual(['BAD_USER_INPUT at users']);
    });

    it('are for administrators and auditors', async () => {
      expect((await page({}, auditor)).errors).toEqual([]);
      const { data, faults } = await page({}, alice);
      expect([data, faults]).toEqual([{ users: null }, ['FORBIDDEN at users']]);
      expect((await app.ask(UserPageDocument)).faults).toEqual(['UNAUTHENTICATED at users']);
    });
  });

  describe('reading each other', () => {
    it('shows who has just confirmed as confirmed', async () => {
      const registered = await app.ask(RegisterDocument, {
        variables: { input: { email: 'olga@example.com', password: PASSWORD } },
      });
      const read = () =>
        as(admin)('query ($id: ID!) { user(id: $id) { status emailVerified } }', {
          id: registered.data?.register.userId,
        });
      expect((await read()).data).toEqual({ user: { status: 'UNCONFIRMED', emailVerified: false } });
      await app.ask(ConfirmRegistrationDocument, {
        variables: { input: { email: 'olga@example.com', code: await app.latestCode('olga@example.com') } },
      });
      expect((await read()).data).toEqual({ user: { status: 'CONFIRMED', emailVerified: true } });
    });

    it('is refused to end users in the same words, whether or not the other exists', async () => {
      const [known, unknown] = await Promise.all(
        [admin.user.id, '00000000-0000-0000-0000-000000000000'].map((id) =>
          as(alice)('query ($id: ID!) { user(id: $id) { email } }', { id }),
        ),
      );
      expect(known?.data).toEqual({ user: null });
      expect(known?.faults).toEqual(['FORBIDDEN at user']);
      expect(unknown?.errors[0]?.message).toBe(known?.errors[0]?.message);
    });

    it('finds nobody under an unknown id, without an error', async () => {
      const { data, errors } = await as(admin)('{ user(id: "00000000-0000-0000-0000-000000000000") { id } }');
      expect([data, errors]).toEqual([{ user: null }, []]);
    });

    it('is possible for oneself', async () => {
      const { data } = await as(alice)('query ($id: ID!) { user(id: $id) { email roles userType } }', {
        id: alice.user.id,
      });
      expect(data).toEqual({ user: { email: 'alice@example.com', roles: ['member'], userType: 'END_USER' } });
    });
  });

  describe('changing themselves', () => {
    it('change their names, and remove them', async () => {
      const person = await app.signUp('hugo@example.com');
      const update = (input: object) =>
        as(person)(
          'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { givenName familyName name } }',
          {
            input,
          },
        );
      expect((await update({ givenName: 'Hugo', familyName: 'Holm' })).data).toEqual({
        updateMe: { givenName: 'Hugo', familyName: 'Holm', name: 'Hugo Holm' },
      });
      expect((await update({ familyName: null })).data).toEqual({
        updateMe: { givenName: 'Hugo', familyName: null, name: 'Hugo' },
      });
    });

    it('need their password for another phone number, and no session comes of it', async () => {
      const person = await app.signUp('iris@example.com');
      const update = (input: object) =>
        as(person)(
          'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { phoneNumber phoneNumberVerified sessions { nodes { id } } } }',
          { input: { phoneNumber: '+4915112345678', ...input } },
        );
      expect((await update({})).faults).toEqual([
        expect.stringMatching(/^(BAD_USER_INPUT|INVALID_CREDENTIALS) at updateMe$/),
      ]);
      expect((await update({ password: 'Wrong-Horse-9-Battery' })).faults).toEqual([
        'INVALID_CREDENTIALS at updateMe',
      ]);
      expect((await update({ password: PASSWORD })).data).toMatchObject({
        updateMe: {
          phoneNumber: '+4915112345678',
          phoneNumberVerified: false,
          sessions: { nodes: [{ id: person.session.id }] },
        },
      });
    });

    it.each(['15551234567', '+0123456789', '+1'])(
      'need a number in E.164 form, not %s',
      async (phoneNumber) => {
        const { errors } = await as(alice)(
          'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { id } }',
          { input: { phoneNumber, password: app.passwordOf('alice@example.com') } },
        );
        expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      },
    );

    it('cannot do what administrators do', async () => {
      const id = alice.user.id;
      const attempts = [
        `updateUser(input: { id: "${id}", givenName: "x" }) { id }`,
        `updateUser(input: { id: "${id}", roles: ["administrator"] }) { id }`,
        `deleteUser(id: "${id}")`,
        `disableUser(id: "${id}") { id }`,
        `enableUser(id: "${id}") { id }`,
        'createUser(input: { email: "x@example.com" }) { id }',
      ];
      for (const attempt of attempts) {
        const { faults } = await as(alice)(`mutation { ${attempt} }`);
        expect(faults).toEqual([expect.stringMatching(/^FORBIDDEN at /)]);
      }
    });
  });

  describe('being administered', () => {
    it('lose everything at once when they are disabled, and get it back by signing in anew', async () => {
      const person = await app.signUp('jana@example.com');
      const { data } = await as(admin)(
        'mutation ($id: ID!) { disableUser(id: $id) { enabled sessions { nodes { endReason } } } }',
        { id: person.user.id },
      );
      expect(data).toEqual({
        disableUser: { enabled: false, sessions: { nodes: [{ endReason: 'USER_DISABLED' }] } },
      });
      expect((await me(person)).faults).toEqual(['UNAUTHENTICATED at me']);
      await expect(app.signIn('jana@example.com')).rejects.toThrow('INVALID_CREDENTIALS');
      await as(admin)('mutation ($id: ID!) { enableUser(id: $id) { enabled } }', { id: person.user.id });
      expect((await me(person)).faults).toEqual(['UNAUTHENTICATED at me']);
      await expect(app.signIn('jana@example.com')).resolves.toBeTruthy();
    });

    it('are gone when they are deleted, and their sessions say so', async () => {
      const person = await app.signUp('kurt@example.com');
      const variables = { id: person.user.id };
      expect((await as(admin)('mutation ($id: ID!) { deleteUser(id: $id) }', variables)).data).toEqual({
        deleteUser: true,
      });
      expect((await me(person)).faults).toEqual(['UNAUTHENTICATED at me']);
      const { data } = await as(admin)('query ($id: ID!) { session(id: $id) { endReason user { id } } }', {
        id: person.session.id,
      });
      expect(data).toEqual({ session: { endReason: 'USER_DELETED', user: null } });
      expect((await as(admin)('mutation ($id: ID!) { deleteUser(id: $id) }', variables)).faults).toEqual([
        'NOT_FOUND at deleteUser',
      ]);
    });

    it('have an unverified address once it was changed', async () => {
      const person = await app.signUp('lena@example.com');
      const { data } = await as(admin)(
        'mutation ($id: ID!) { updateUser(input: { id: $id, email: "lena2@example.com" }) { email emailVerified } }',
        { id: person.user.id },
      );
      expect(data).toEqual({ updateUser: { email: 'lena2@example.com', emailVerified: false } });
    });

    it('need an address that nobody has', async () => {
      const { faults } = await as(admin)(
        'mutation { createUser(input: { email: "Alice@example.com" }) { id } }',
      );
      expect(faults).toEqual(['CONFLICT at createUser']);
    });

    it('are given and lose roles, which count at the next request', async () => {
      const id = await create('mona@example.com', { userType: 'ADMIN', temporaryPassword: PASSWORD });
      const { cognito, pools } = app.app.embedded!;
      const { AdminSetUserPasswordCommand } = await import('@aws-sdk/client-cognito-identity-provider');
      await cognito.send(
        new AdminSetUserPasswordCommand({
          UserPoolId: pools.ADMIN.poolId,
          Username: id,
          Password: PASSWORD,
          Permanent: true,
        }),
      );
      const mona = await app.signIn('mona@example.com', { userType: 'ADMIN' });
      const give = (roles: string[]) =>
        as(admin)(
          'mutation ($id: ID!, $roles: [String!]) { updateUser(input: { id: $id, roles: $roles }) { roles } }',
          {
            id,
            roles,
          },
        );
      expect((await page({}, mona)).faults).toEqual(['FORBIDDEN at users']);
      expect((await give(['auditor'])).data).toEqual({ updateUser: { roles: ['auditor'] } });
      expect((await page({}, mona)).errors).toEqual([]);
      expect((await give([])).data).toEqual({ updateUser: { roles: [] } });
      expect((await page({}, mona)).faults).toEqual(['FORBIDDEN at users']);
      expect((await give(['no-such-role'])).faults).toEqual(['BAD_USER_INPUT at updateUser']);
    });

    it('of the end users gain nothing by a role that bears an administrator’s name', async () => {
      const { cognito, pools } = app.app.embedded!;
      const { AdminAddUserToGroupCommand, CreateGroupCommand } =
        await import('@aws-sdk/client-cognito-identity-provider');
      const person = await app.signUp('nils@example.com');
      const UserPoolId = pools.END_USER.poolId;
      await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'administrator' }));
      await cognito.send(
        new AdminAddUserToGroupCommand({ UserPoolId, GroupName: 'administrator', Username: person.user.id }),
      );
      expect((await page({}, person)).faults).toEqual(['FORBIDDEN at users']);
    });
  });

  describe('administrators', () => {
    it('do not change their own address or number without a proof of identity', async () => {
      for (const change of [
        'email: "mine@example.com"',
        'phoneNumber: "+4915112345678"',
        'phoneNumber: null',
      ]) {
        const { faults } = await as(admin)(
          `mutation ($id: ID!) { updateUser(input: { id: $id, ${change} }) { id } }`,
          { id: admin.user.id },
        );
        expect(faults).toEqual(['BAD_USER_INPUT at updateUser']);
      }
    });

    it('do not change their own roles, nor disable or delete themselves', async () => {
      const { id } = admin.user;
      for (const attempt of [
        `updateUser(input: { id: "${id}", roles: [] }) { id }`,
        `updateUser(input: { id: "${id}", roles: ["administrator", "auditor"] }) { id }`,
        `disableUser(id: "${id}") { id }`,
        `deleteUser(id: "${id}")`,
      ]) {
        expect((await as(admin)(`mutation { ${attempt} }`)).faults).toEqual([
          expect.stringMatching(/^FORBIDDEN at /),
        ]);
      }
      const { data } = await as(admin)('{ me { roles enabled } }');
      expect(data).toEqual({ me: { roles: ['administrator'], enabled: true } });
    });
  });
});
