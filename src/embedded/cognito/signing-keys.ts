import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { asc, eq } from 'drizzle-orm';
import { exportJWK, type JWK } from 'jose';

import type { Db } from '../../services/database/database.js';
import { signingKeys } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SigningKeys {
  /** The keys of a pool; the first signs, all are published. Empty for a pool that doesn't exist. */
  of(poolId: string): Promise<readonly SigningKey[]>;
}

/** Keys are remembered once read: a pool is created together with its key. */
export function createSigningKeys(db: Db): SigningKeys {
  const known = new Map<string, readonly SigningKey[]>();
  return {
    async of(poolId) {
      const remembered = known.get(poolId);
      if (remembered) return remembered;
      const rows = await db
        .select()
        .from(signingKeys)
        .where(eq(signingKeys.poolId, poolId))
        .orderBy(asc(signingKeys.createdAt));
      const keys = rows.map(fromRow);
      if (keys.length > 0) known.set(poolId, keys);
      return keys;
    },
  };
}

/** An RSA key of 2,048 bits: PKCS #8, DER. */
export async function newSigningKey(randomness: Randomness): Promise<{ kid: string; privateKey: Buffer }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  return {
    kid: randomness.bytes(32).toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}

/** The public half, as a JSON Web Key Set publishes it (RFC 7517). */
export const toJwk = async ({ kid, publicKey }: SigningKey): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg: 'RS256',
  use: 'sig',
});

function fromRow(row: typeof signingKeys.$inferSelect): SigningKey {
  const privateKey = createPrivateKey({ key: row.privateKey, format: 'der', type: 'pkcs8' });
  return { kid: row.kid, privateKey, publicKey: createPublicKey(privateKey) };
}
