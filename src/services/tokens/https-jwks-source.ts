import type { JSONWebKeySet } from 'jose';

import type { JwksSource } from './jwks-source.js';

export interface HttpsJwksSourceOptions {
  /** Where Cognito is reached, when not at the issuer's own host; plain http is for endpoints on this machine. */
  readonly endpoint?: string;
  /** Milliseconds until a request is given up. */
  readonly timeoutMs?: number;
}

/** Reads key sets at `<base>/<poolId>/.well-known/jwks.json`, where the issuer itself is `<base>/<poolId>`. */
export function createHttpsJwksSource({
  endpoint,
  timeoutMs = 3_000,
}: HttpsJwksSourceOptions = {}): JwksSource {
  return async (issuer) => {
    const response = await fetch(jwksUrl(issuer, endpoint), {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`The key set of ${issuer} was answered with HTTP ${response.status}.`);
    const body: unknown = await response.json();
    if (!isKeySet(body)) throw new Error(`What ${issuer} publishes is no JSON Web Key Set.`);
    return body;
  };
}

function jwksUrl(issuer: string, endpoint: string | undefined): string {
  const poolId = issuer.slice(issuer.lastIndexOf('/') + 1);
  const base = endpoint === undefined ? issuer : `${endpoint.replace(/\/+$/, '')}/${poolId}`;
  return `${base}/.well-known/jwks.json`;
}

const isKeySet = (body: unknown): body is JSONWebKeySet =>
  typeof body === 'object' && body !== null && 'keys' in body && Array.isArray(body.keys);
