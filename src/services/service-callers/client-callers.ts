import { decodeJwt } from 'jose';

import type { Clock } from '../clock.js';
import { issuerOf } from '../cognito/pools.js';
import type { JwksSource } from '../tokens/jwks-source.js';
import { createVerifyClaims, isText } from '../tokens/verify-claims.js';
import type { ServiceCaller } from './service-caller.js';

/** Tells which service an access token of the client-credentials grant (RFC 6749, section 4.4) belongs to. */
export interface ClientCallers {
  /** Does this token say that it is one of a service's client? A person's client never is, so no token can be taken for both. */
  concerns(token: string): boolean;
  /**
   * @returns undefined where the token is genuine and no service's
   * @throws PortcullisError UNAUTHENTICATED where it is not genuine, UPSTREAM_UNAVAILABLE where it cannot be verified
   */
  callerOf(token: string): Promise<ServiceCaller | undefined>;
}

export interface ClientCallersDependencies {
  /** The user pool that has the clients. */
  readonly poolId: string;
  /** Services by the id of their app client. */
  readonly clients: ReadonlyMap<string, string>;
  readonly jwks: JwksSource;
  readonly clock: Clock;
}

const REQUIRED_CLAIMS = ['sub', 'jti', 'client_id', 'token_use'];
/** More scopes than a client has (Cognito allows 50). */
const MAX_SCOPES = 100;

/**
 * Such a token has its client for a subject and nobody for a user:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
 * There is no session behind it: it is good until it expires, or its client is struck from the configuration.
 */
export function createClientCallers({
  poolId,
  clients,
  jwks,
  clock,
}: ClientCallersDependencies): ClientCallers {
  const issuers = new Set([issuerOf(poolId)]);
  const verifyClaims = createVerifyClaims({ issuers, requiredClaims: REQUIRED_CLAIMS, jwks, clock });

  return {
    concerns: (token) => clients.has(clientOf(token)),

    async callerOf(token) {
      const claims = await verifyClaims(token);
      const { sub, client_id: clientId, token_use: use, username, scope, exp } = claims;
      if (use !== 'access' || sub !== clientId || username !== undefined) return undefined;
      const id = isText(clientId) ? clients.get(clientId) : undefined;
      if (id === undefined) return undefined;
      return { id, scopes: scopesOf(scope), expiresAt: new Date(exp * 1000) };
    },
  };
}

/** What the token says, whoever wrote it: it decides by which rules it is judged, and nothing else. */
function clientOf(token: string): string {
  try {
    const { client_id: clientId } = decodeJwt(token);
    return isText(clientId) ? clientId : '';
  } catch {
    return '';
  }
}

/** Scopes are parted by blanks (RFC 6749, section 3.3). */
const scopesOf = (claim: unknown): readonly string[] =>
  isText(claim) ? [...new Set(claim.split(' '))].filter((scope) => scope !== '').slice(0, MAX_SCOPES) : [];
