import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { PASSWORD, tokensOf } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterAll(() => services.close());

async function signedIn() {
  const person = await services.person();
  const signIn = await services.authentication.login(
    { email: person.email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  return { ...person, ...signIn };
}

const rejected = (code: string) => ({ kind: 'rejected', error: { code } });

test('no header is nobody, and no fault', async () => {
  expect(await services.authentication.authenticate(undefined)).toEqual({ kind: 'anonymous' });
  expect(await services.authentication.authenticate('')).toEqual({ kind: 'anonymous' });
});

describe('a token of a running session', () => {
  test('makes its person the viewer, whatever the case of the scheme', async () => {
    const { accessToken, viewer } = await signedIn();
    for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
      expect(await services.authentication.authenticate(`${scheme} ${accessToken}`)).toMatchObject({
        kind: 'viewer',
        viewer,
        read: { person: await services.users.find(viewer.userId) },
      });
    }
  });

  test('tells the roles that were read beside, and waits for none', async () => {
    const { accessToken, id } = await signedIn();
    const rolesOf = async () => {
      const credential = await services.authentication.authenticate(`Bearer ${accessToken}`);
      return credential.kind === 'viewer' ? credential.read.roles() : null;
    };
    await services.users.rolesOf(id);
    expect(await rolesOf()).toEqual([]);
    const reading = vi.spyOn(services.users, 'rolesOf');
    reading.mockReturnValueOnce(new Promise(() => {}));
    expect(await rolesOf()).toBeUndefined();
    reading.mockRejectedValueOnce(new Error('Cognito does not answer.'));
    expect(await rolesOf()).toBeUndefined();
    reading.mockRestore();
  });

  test('notes that the session is in use', async () => {
    const { accessToken, viewer } = await signedIn();
    services.cognito.clock.advance(60_000);
    await services.authentication.authenticate(`Bearer ${accessToken}`);
    await expect
      .poll(async () => (await services.sessions.find(viewer.session.id))?.lastSeenAt)
      .toEqual(services.cognito.clock.now());
  });

  test('stops working at once when the session ends, or the person is shut out elsewhere', async () => {
    const one = await signedIn();
    const header = `Bearer ${one.accessToken}`;
    await services.authentication.authenticate(header);
    await services.sessions.end(one.viewer.session.id, 'REVOKED');
    expect(await services.authentication.authenticate(header)).toMatchObject(rejected('UNAUTHENTICATED'));

    const two = await signedIn();
    await services.users.disable(two.id);
    expect(await services.authentication.authenticate(`Bearer ${two.accessToken}`)).toMatchObject(
      rejected('UNAUTHENTICATED'),
    );
  });

  test('costs no call of Cognito while what is known is fresh', async () => {
    const { accessToken, id } = await signedIn();
    await services.users.rolesOf(id);
    const before = services.calls.calls.length;
    await services.authentication.authenticate(`Bearer ${accessToken}`);
    await services.authentication.authenticate(`Bearer ${accessToken}`);
    expect(services.calls.calls.length).toBe(before);
  });
});

describe('rejected as UNAUTHENTICATED is', () => {
  test.each(['Bearer', 'Bearer ', 'Basic Zm9v', 'Bearer a b', 'Bearer nonsense', 'Bearer a.b.c', 'garbage'])(
    '%j',
    async (header) => {
      expect(await services.authentication.authenticate(header)).toMatchObject(rejected('UNAUTHENTICATED'));
    },
  );

  test('a genuine token of a sign-in that did not go through this service', async () => {
    const { email } = await services.person();
    const { accessToken } = await tokensOf(services.cognito, services.pools.END_USER.clientId, email);
    await expect(services.verifier.verify(accessToken)).resolves.toBeDefined();
    expect(await services.authentication.authenticate(`Bearer ${accessToken}`)).toMatchObject(
      rejected('UNAUTHENTICATED'),
    );
  });

  test('an ID token, and a token that has expired', async () => {
    const { idToken, accessToken } = await signedIn();
    expect(await services.authentication.authenticate(`Bearer ${idToken}`)).toMatchObject(
      rejected('UNAUTHENTICATED'),
    );
    services.cognito.clock.advance(15 * 60 * 1000);
    expect(await services.authentication.authenticate(`Bearer ${accessToken}`)).toMatchObject(
      rejected('UNAUTHENTICATED'),
    );
  });
});

test('a database or a Cognito that does not answer is UPSTREAM_UNAVAILABLE, and nobody is let in', async () => {
  const { accessToken } = await signedIn();
  const header = `Bearer ${accessToken}`;
  const noAnswer = () => Promise.reject(new Error('No answer.'));
  const noDatabase = services.authenticationWith({
    sessions: { ...services.sessions, findByFamily: noAnswer },
  });
  expect(await noDatabase.authenticate(header)).toMatchObject(rejected('UPSTREAM_UNAVAILABLE'));
  const noPeople = services.authenticationWith({ users: { ...services.users, find: noAnswer } });
  expect(await noPeople.authenticate(header)).toMatchObject(rejected('UPSTREAM_UNAVAILABLE'));
});
