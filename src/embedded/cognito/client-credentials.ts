import type { Clock } from '../../services/clock.js';
import type { Randomness } from '../../services/randomness.js';
import { AwsServiceError } from '../aws-json.js';
import { tokenValidity, type AppClient } from './client-settings.js';
import type { ClientStore } from './client-store.js';
import { sameSecret } from './digests.js';
import type { SigningKeys } from './signing-keys.js';
import { issuerOf } from './token-issuer.js';
import { signToken } from './token-signature.js';

/** Why a client gets no token (RFC 6749, section 5.2). */
export type GrantRefusal = 'invalid_client' | 'unauthorized_client' | 'invalid_scope';

export interface ClientToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * The client-credentials grant: a token for the client itself, of the scopes that it asks for, or all that it may have.
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export type GrantClientCredentials = (
  credentials: { readonly clientId: string; readonly secret: string },
  scopes: readonly string[] | undefined,
) => Promise<ClientToken | GrantRefusal>;

export function createClientCredentials({
  clients,
  keys,
  clock,
  randomness,
  region,
}: {
  readonly clients: Pick<ClientStore, 'get'>;
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly region: string;
}): GrantClientCredentials {
  const find = (clientId: string): Promise<AppClient | undefined> =>
    clients.get(clientId).catch((error: unknown) => {
      if (error instanceof AwsServiceError && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    });

  /** Claims as Cognito's: the subject is the client, and there is no user, sign-in or group. */
  const issue = async (client: AppClient, scopes: readonly string[]): Promise<ClientToken> => {
    const { accessToken: expiresIn } = tokenValidity(client.settings);
    const now = Math.floor(clock.now().getTime() / 1000);
    const accessToken = await signToken(keys, client.poolId, {
      sub: client.id,
      token_use: 'access',
      scope: scopes.join(' '),
      auth_time: now,
      iss: issuerOf(region, client.poolId),
      exp: now + expiresIn,
      iat: now,
      version: 2,
      jti: randomness.uuid(),
      client_id: client.id,
    });
    return { accessToken, expiresIn };
  };

  return async ({ clientId, secret }, wanted) => {
    const client = await find(clientId);
    // Compared in any case, so that the time does not tell which clients there are.
    const isSame = sameSecret(secret, client?.secret ?? '');
    if (!client || client.secret === null || !isSame) return 'invalid_client';
    const { AllowedOAuthFlows: flows, AllowedOAuthScopes: allowed, ...settings } = client.settings;
    if (!settings.AllowedOAuthFlowsUserPoolClient || !flows.includes('client_credentials')) {
      return 'unauthorized_client';
    }
    const scopes = [...new Set(wanted ?? allowed)];
    if (scopes.length === 0 || !scopes.every((scope) => allowed.includes(scope))) return 'invalid_scope';
    return issue(client, scopes);
  };
}
