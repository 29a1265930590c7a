import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError, unauthenticated } from '../../errors.js';
import type { ClientAddress } from '../sessions/session.js';
import { requirePassword } from '../users/input-bounds.js';
import type { UserRecord } from '../users/user-store.js';
import { accountOf } from './account.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { verifyOwn } from './open-session.js';
import { initiatePasswordAuth } from './password-sign-in.js';
import { createProofCode } from './proof-code.js';
import { createRevokeAtCognito } from './revoke-at-cognito.js';
import { readTokens } from './token-answer.js';
import type { Viewer } from './viewer.js';

export interface IdentityProof {
  readonly password: string | null;
  /** Of a second factor; needed where a sign-in would ask for one. */
  readonly code: string | null;
}

/** @returns the person as they are now */
export type ProveIdentity = (
  viewer: Viewer,
  proof: IdentityProof,
  address: ClientAddress,
) => Promise<UserRecord>;

/**
 * Has the viewer prove anew that they are who they are, before a change of what protects their account. It makes no
 * session: the tokens that come of it are revoked.
 *
 * @throws PortcullisError INVALID_CREDENTIALS where the password is wrong, CODE_MISMATCH or CODE_EXPIRED where the code is.
 * BAD_USER_INPUT where one is missing, with `details.method` of the factor; a code that is sent is then on its way, and
 * `details.destination` says where to.
 */
export function createProveIdentity(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'users' | 'verifier' | 'attempts' | 'proofs' | 'logger'
  >,
): ProveIdentity {
  const { cognito, pools, users, verifier, attempts, proofs } = dependencies;
  const proofCode = createProofCode(dependencies);

  const revoke = createRevokeAtCognito(dependencies);

  /** The tokens themselves are of no use to anybody; whose they are is. */
  const requireOf = async ({ userId, userType }: Viewer, result: AuthenticationResultType) => {
    const { accessToken, refreshToken } = readTokens(result);
    if (refreshToken !== null) await revoke(userType, refreshToken);
    const claims = await verifyOwn(() => verifier.verify(accessToken));
    // The address may have become someone else's between the two calls.
    if (claims.userId !== userId) throw wrongPassword();
  };

  return async (viewer, { password, code }, address) => {
    if (password === null) throw badUserInput('This change needs your password.', { argument: 'password' });
    const typed = requirePassword(password);
    const { userId, userType, session } = viewer;
    const person = await users.findFresh(userId);
    if (!person?.enabled) throw unauthenticated();
    const pool = pools[userType];
    const account = accountOf(viewer, person);
    const asker = { account, address, pool, sessionId: session.id };

    const pending = code === null ? undefined : await proofs.find(session.id, typed);
    if (pending !== undefined && code !== null) {
      await attempts.guard('password', account, address, async () => {
        if (!pending.samePassword) throw wrongPassword();
      });
      await requireOf(viewer, await proofCode.redeem(asker, pending.proof, code));
      return person;
    }
    const answer = await attempts.guard('password', account, address, () =>
      initiatePasswordAuth(cognito, pool, person.email ?? userId, typed).catch(asWrongPassword),
    );
    const result =
      answer.AuthenticationResult ?? (await proofCode.ask(asker, answer, { password: typed, code }));
    await requireOf(viewer, result);
    return person;
  };
}

/** Who is signed in is known: there is no address that might be wrong. */
function asWrongPassword(error: unknown): never {
  throw error instanceof PortcullisError && error.code === 'INVALID_CREDENTIALS' ? wrongPassword() : error;
}

const wrongPassword = () => new PortcullisError('INVALID_CREDENTIALS', 'The password is wrong.');
