import {
  GetTokensFromRefreshTokenCommand,
  RefreshTokenReuseException,
} from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError, unauthenticated } from '../../errors.js';
import {
  UNKNOWN_CLIENT,
  type ClaimedRefreshToken,
  type ClientAddress,
  type SessionRecord,
} from '../sessions/session.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { verifyOwn } from './open-session.js';
import { createRevokeAtCognito } from './revoke-at-cognito.js';
import type { Authenticated } from './sign-in.js';
import { readTokens, type Tokens } from './token-answer.js';

/** `client` is who sends the request, as far as it is known. */
export type RefreshTokens = (refreshToken: string, client?: ClientAddress) => Promise<Authenticated>;

/** Cognito's are about 1,800 characters long. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * Trades a refresh token for new tokens of the same session. UNAUTHENTICATED where the session has ended, the person is
 * shut out, or the token was never given out here. One whose turn is over ends its session (RFC 9700, 4.14.2): by our own
 * record as soon as a successor was used, and by Cognito's once its grace for repeated requests is over.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
 */
export function createRefreshTokens(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'users' | 'sessions' | 'verifier' | 'events' | 'clientWatch' | 'logger'
  >,
): RefreshTokens {
  const { cognito, pools, users, sessions, verifier, events, clientWatch } = dependencies;
  const revokeAtCognito = createRevokeAtCognito(dependencies);

  const endReused = async ({ id, userId, userType }: SessionRecord, refreshToken: string) => {
    try {
      await sessions.end(id, 'REFRESH_TOKEN_REUSED');
    } finally {
      events.report({ type: 'REFRESH_TOKEN_REUSED', userId, sessionId: id });
      await revokeAtCognito(userType, refreshToken);
    }
  };

  const trade = async ({ session }: ClaimedRefreshToken, refreshToken: string): Promise<Tokens> => {
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
        await endReused(session, refreshToken);
        throw refused();
      }
      throw error;
    }
  };

  return async (refreshToken, client = UNKNOWN_CLIENT) => {
    if (refreshToken === '' || refreshToken.length > MAX_TOKEN_LENGTH) throw refused();
    const claim = await sessions.claimRefreshToken(refreshToken);
    if (claim.kind === 'reused') await endReused(claim.session, refreshToken);
    if (claim.kind !== 'claimed') throw refused();
    const { session } = claim;
    if (!(await users.findFresh(session.userId))?.enabled) throw refused();
    if (!(await clientWatch.admits(session, client))) throw refused();

    const tokens = await trade(claim, refreshToken);
    // On record before it leaves: a replayed token has to find its session whatever happens to this answer.
    const isNext =
      tokens.refreshToken === null || (await sessions.addRefreshToken(claim, tokens.refreshToken));
    const claims = await verifyOwn(() => verifier.verify(tokens.accessToken));
    const current = await sessions.find(session.id);
    const sameSignIn = claims.family === session.family && claims.userId === session.userId;
    // It may have ended while Cognito was asked, or another answer to the same token was used.
    if (!isNext || !sameSignIn || !current || current.endedAt !== null) {
      if (current?.endedAt) await revokeAtCognito(session.userType, tokens.refreshToken ?? refreshToken);
      throw refused();
    }
    const { userId, userType } = current;
    const { accessToken } = tokens;
    const viewer = { userId, userType, session: current, accessToken, tokenExpiresAt: claims.expiresAt };
    return { kind: 'authenticated', ...tokens, viewer };
  };
}

const refused = () => unauthenticated('The refresh token is not valid. Sign in again.');
