import { expect, test } from 'vitest';

import { PortcullisError, unauthenticated } from '../../../../src/errors.js';
import { createAuthenticateSubject } from '../../../../src/services/authentication/subject-token.js';
import type { Credential, ReadViewer, Viewer } from '../../../../src/services/authentication/viewer.js';

const [viewer, read] = [{ userId: 'ada' } as Viewer, {} as ReadViewer];

const judgedAs = (credential: Credential) => createAuthenticateSubject(async () => credential)('token');
const details = { credential: 'SUBJECT' };

test('it is judged as a bearer token, with nothing said of who sends it', async () => {
  const judged: unknown[][] = [];
  const authenticateSubject = createAuthenticateSubject(async (...given) => {
    judged.push(given);
    return { kind: 'viewer', viewer, read };
  });
  expect(await authenticateSubject('a.b.c')).toMatchObject({ viewer, read });
  expect(judged).toEqual([['Bearer a.b.c']]);
});

test.each<[string, Credential]>([
  ['no good', { kind: 'rejected', error: unauthenticated() }],
  ['nobody’s', { kind: 'anonymous' }],
  ['a service’s', { kind: 'service', service: { id: 'orders', scopes: [], expiresAt: new Date(0) } }],
])('one that is %s is UNAUTHENTICATED, in words of its own', async (_what, credential) => {
  await expect(judgedAs(credential)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: 'The subject token is not valid. The person has to sign in again.',
    details,
  });
});

test.each(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_THROTTLED'] as const)(
  'one that cannot be judged says so by %s, and when to try again',
  async (code) => {
    const error = new PortcullisError(code, 'Hush.', { retryAfter: 3 });
    await expect(judgedAs({ kind: 'rejected', error })).rejects.toMatchObject({
      code,
      message: 'The subject token cannot be checked at the moment.',
      retryable: true,
      retryAfter: 3,
      details,
      cause: error,
    });
  },
);
