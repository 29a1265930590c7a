import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import type { ClientAddress } from '../sessions/session.js';
import type { AccessTokenClaims } from '../tokens/token-verifier.js';
import type { UserType } from '../users/user-store.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { Authenticated } from './sign-in.js';
import { readTokens } from './token-answer.js';

export interface CompletedSignIn {
  readonly result: AuthenticationResultType;
  readonly userType: UserType;
  readonly address: ClientAddress;
  readonly mfaAuthenticated: boolean;
  /** When the password was given. */
  readonly beganAt: Date;
}

export type OpenSession = (signIn: CompletedSignIn) => Promise<Authenticated>;

/** Makes a session of the tokens with which Cognito ended a sign-in. INVALID_CREDENTIALS for who was shut out meanwhile. */
export function createOpenSession(
  dependencies: Pick<
    AuthenticationDependencies,
    'users' | 'sessions' | 'verifier' | 'clock' | 'refreshTokenLifetimeOf'
  >,
): OpenSession {
  const { users, sessions, verifier, clock, refreshTokenLifetimeOf } = dependencies;

  /**
   * Asked once the session is on record, never before: whoever is disabled from then on is found by what ends sessions, and
   * whoever was disabled until then is found here.
   */
  const endIfShutOut = async (sessionId: string, userId: string): Promise<void> => {
    try {
      const person = await users.findFresh(userId);
      if (person?.enabled) return;
      await sessions.end(sessionId, person ? 'USER_DISABLED' : 'USER_DELETED');
    } catch (error) {
      await sessions.end(sessionId, 'REVOKED');
      throw error;
    }
    throw shutOut();
  };

  return async ({ result, userType, address, mfaAuthenticated, beganAt }) => {
    const tokens = readTokens(result);
    if (tokens.refreshToken === null) throw unexpectedTokens();
    const claims = await verifyOwn(() => verifier.verify(tokens.accessToken));
    if (claims.userType !== userType) throw unexpectedTokens();
    const session = await sessions.start({
      ipAddress: address.ipAddress,
      userAgent: address.userAgent,
      family: claims.family,
      userId: claims.userId,
      userType,
      expiresAt: new Date(clock.now().getTime() + (await refreshTokenLifetimeOf(userType))),
      mfaAuthenticated,
      beganAt,
      refreshToken: tokens.refreshToken,
    });
    if (session.endedAt !== null) throw shutOut();
    await endIfShutOut(session.id, claims.userId);
    const { userId, expiresAt: tokenExpiresAt } = claims;
    const viewer = { userId, userType, session, accessToken: tokens.accessToken, tokenExpiresAt };
    return { kind: 'authenticated', ...tokens, viewer };
  };
}

const shutOut = () =>
  new PortcullisError('INVALID_CREDENTIALS', 'The email address or the password is wrong.');

const unexpectedTokens = (cause?: unknown) =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'The identity provider gave no usable tokens.', { cause });

/** Tokens that come from Cognito itself and are no good speak of a fault there, not of the caller's credential. */
export async function verifyOwn(verify: () => Promise<AccessTokenClaims>): Promise<AccessTokenClaims> {
  try {
    return await verify();
  } catch (error) {
    throw unexpectedTokens(error);
  }
}
