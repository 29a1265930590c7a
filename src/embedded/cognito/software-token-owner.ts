import type { Challenge } from './challenge-store.js';
import {
  invalidParameter,
  invalidSession,
  passwordResetRequired,
  softwareTokenNotFound,
  userDisabled,
} from './exceptions.js';
import { text, token } from './input.js';
import type { SignInState } from './mfa-challenge.js';
import { allowedMethods } from './mfa-methods.js';
import type { UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';

/** Who sets up an authenticator: somebody signed in, or somebody on the way, by the Session of MFA_SETUP. */
export const tokenOwner = { AccessToken: token.optional(), Session: text(2048, 20).optional() };

interface TokenOwner extends SignInState {
  /** What of the sign-in is open, where they are not signed in. */
  readonly challenge?: Challenge;
}

/** @throws NotAuthorizedException, InvalidParameterException, PasswordResetRequiredException */
export async function findTokenOwner(
  {
    accessTokens,
    challenges,
    clients,
    pools,
    users,
  }: Pick<CognitoServices, 'accessTokens' | 'challenges' | 'clients' | 'pools' | 'users'>,
  { AccessToken, Session }: { AccessToken?: string | undefined; Session?: string | undefined },
): Promise<TokenOwner> {
  if (AccessToken !== undefined) {
    const { pool, user, clientId } = await accessTokens.verify(AccessToken);
    return { pool, user, client: await clients.get(clientId) };
  }
  if (Session === undefined) throw invalidParameter('Either AccessToken or Session must be given.');
  const challenge = await challenges.get(Session);
  if (challenge.name !== 'MFA_SETUP') throw invalidSession();
  const client = await clients.get(challenge.clientId);
  const pool = await pools.get(challenge.poolId);
  const user = await users.get(pool, challenge.sub);
  if (!user.enabled) throw userDisabled();
  if (user.status === 'RESET_REQUIRED') throw passwordResetRequired();
  return { pool, client, user, challenge };
}

/** @throws SoftwareTokenMFANotFoundException where the pool has no use for authenticators */
export function assertTokensAllowed({ settings }: UserPool): void {
  if (!allowedMethods(settings).includes('SOFTWARE_TOKEN_MFA')) {
    throw softwareTokenNotFound('Software Token MFA has not been enabled by the userPool');
  }
}
