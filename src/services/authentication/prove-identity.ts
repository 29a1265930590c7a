import { RevokeTokenCommand } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError, unauthenticated } from '../../errors.js';
import type { CognitoPool } from '../cognito/pools.js';
import { requirePassword } from '../users/input-bounds.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { verifyOwn } from './open-session.js';
import { initiatePasswordAuth, unsupportedChallenge } from './password-sign-in.js';
import { readTokens } from './token-answer.js';
import type { Viewer } from './viewer.js';

export interface IdentityProof {
  readonly password: string | null;
  /** Of a second factor; there is none yet, so it is not looked at. */
  readonly code: string | null;
}

export type ProveIdentity = (viewer: Viewer, proof: IdentityProof) => Promise<void>;

/**
 * Has the viewer prove anew that they are who they are, before a change of what protects their account. It makes no
 * session: the tokens that come of it are revoked. INVALID_CREDENTIALS where the password is wrong.
 */
export function createProveIdentity(
  dependencies: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'users' | 'verifier' | 'logger'>,
): ProveIdentity {
  const { cognito, pools, users, verifier, logger } = dependencies;

  const revoke = async ({ clientId, clientSecret }: CognitoPool, refreshToken: string): Promise<void> => {
    try {
      await cognito('revoke', (client) =>
        client.send(
          new RevokeTokenCommand({ Token: refreshToken, ClientId: clientId, ClientSecret: clientSecret }),
        ),
      );
    } catch (error) {
      // Nobody has seen the token, and no session knows it.
      logger.warn({ err: error }, 'The tokens of a proof of identity were not revoked.');
    }
  };

  return async ({ userId, userType }, { password }) => {
    if (password === null) throw badUserInput('This change needs your password.', { argument: 'password' });
    requirePassword(password);
    const person = await users.findFresh(userId);
    if (!person?.enabled) throw unauthenticated();
    const pool = pools[userType];
    const output = await initiatePasswordAuth(cognito, pool, person.email ?? userId, password);
    if (!output.AuthenticationResult) throw unsupportedChallenge();
    const { accessToken, refreshToken } = readTokens(output.AuthenticationResult);
    if (refreshToken !== null) await revoke(pool, refreshToken);
    const claims = await verifyOwn(() => verifier.verify(accessToken));
    // The address may have become someone else's between the two calls.
    if (claims.userId !== userId) {
      throw new PortcullisError('INVALID_CREDENTIALS', 'The password is wrong.');
    }
  };
}
