import {
  GetTokensFromRefreshTokenCommand,
  RefreshTokenReuseException,
} from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError, unauthenticated } from '../../errors.js';
import type { SessionRecord } from '../sessions/session.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { verifyOwn } from './open-session.js';
import type { Authenticated } from './sign-in.js';
import { readTokens, type Tokens } from './token-answer.js';

export type RefreshTokens = (refreshToken: string) => Promise<Authenticated>;

/** Cognito's are about 1,800 characters long. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * Trades a refresh token for new tokens of the same session. UNAUTHENTICATED where the session has ended, the person is
 * shut out, or the token was never given out here. One that rotation has used up ends its session (RFC 9700, 4.14.2).
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
 */
export function createRefreshTokens(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'users' | 'sessions' | 'verifier' | 'logger'
  >,
): RefreshTokens {
  const { cognito, pools, users, sessions, verifier, logger } = dependencies;

  const trade = async (session: SessionRecord, refreshToken: string): Promise<Tokens> => {
    const { clientId, clientSecret } = pools[session.userType];
    try {
      const output = await cognito('refresh', (client) =>
        client.send(
          new GetTokensFromRefreshTokenCommand({
            RefreshToken: refreshToken,
            ClientId: clientId,
            ClientSecret: clientSecret,
          }),
        ),
      );
      return readTokens(output.AuthenticationResult);
    } catch (error) {
      if (error instanceof PortcullisError && error.cause instanceof RefreshTokenReuseException) {
        await sessions.end(session.id, 'REFRESH_TOKEN_REUSED');
        logger.warn({ session: session.id, user: session.userId }, 'A used refresh token was sent again.');
        throw refused();
      }
      throw error;
    }
  };

  return async (refreshToken) => {
    if (refreshToken === '' || refreshToken.length > MAX_TOKEN_LENGTH) throw refused();
    const session = await sessions.findByRefreshToken(refreshToken);
    if (!session || session.endedAt !== null) throw refused();
    if (!(await users.findFresh(session.userId))?.enabled) throw refused();

    const tokens = await trade(session, refreshToken);
    // On record before it leaves: a replayed token has to find its session whatever happens to this answer.
    if (tokens.refreshToken !== null) await sessions.addRefreshToken(session.id, tokens.refreshToken);
    const claims = await verifyOwn(() => verifier.verify(tokens.accessToken));
    const current = await sessions.find(session.id);
    const sameSignIn = claims.family === session.family && claims.userId === session.userId;
    // It may have ended while Cognito was asked.
    if (!sameSignIn || !current || current.endedAt !== null) throw refused();
    const { userId, userType } = current;
    const { accessToken } = tokens;
    const viewer = { userId, userType, session: current, accessToken, tokenExpiresAt: claims.expiresAt };
    return { kind: 'authenticated', ...tokens, viewer };
  };
}

const refused = () => unauthenticated('The refresh token is not valid. Sign in again.');
