import { SignJWT, type JWTPayload } from 'jose';

import type { SigningKeys } from './signing-keys.js';

/** A token of a pool, signed with its newest key. */
export async function signToken(keys: SigningKeys, poolId: string, claims: JWTPayload): Promise<string> {
  const [key] = await keys.of(poolId);
  if (!key) throw new Error(`User pool ${poolId} has no signing key.`);
  return new SignJWT(claims).setProtectedHeader({ kid: key.kid, alg: 'RS256' }).sign(key.privateKey);
}
