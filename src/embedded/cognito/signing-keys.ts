import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { asc, eq } from 'drizzle-orm';
import { exportJWK, type JWK } from 'jose';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { signingKeys, userPools } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SigningKeysOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export interface SigningKeys {
  /** The keys of a pool; the first signs, all are published. Empty for a pool that doesn't exist. */
  of(poolId: string): Promise<readonly SigningKey[]>;
}

/**
 * A pool's key is made when it is first asked for, since that takes a second or more, and a pool without tokens needs none.
 * Keys are remembered once read.
 */
export function createSigningKeys({ db, clock, randomness }: SigningKeysOptions): SigningKeys {
  const known = new Map<string, Promise<readonly SigningKey[]>>();

  const read = async (poolId: string): Promise<readonly SigningKey[]> => {
    const rows = await db
      .select()
      .from(signingKeys)
      .where(eq(signingKeys.poolId, poolId))
      .orderBy(asc(signingKeys.createdAt), asc(signingKeys.kid));
    return rows.map(fromRow);
  };

  const exists = async (poolId: string): Promise<boolean> => {
    const [pool] = await db.select({ id: userPools.id }).from(userPools).where(eq(userPools.id, poolId));
    return pool !== undefined;
  };

  const readOrMake = async (poolId: string): Promise<readonly SigningKey[]> => {
    const keys = await read(poolId);
    if (keys.length > 0 || !(await exists(poolId))) return keys;
    const key = await newSigningKey(randomness);
    await db.transaction(async (tx) => {
      // Instances that ask at once wait for each other here, and the first one's key is everybody's.
      await tx.select().from(userPools).where(eq(userPools.id, poolId)).for('update');
      const made = await tx.select().from(signingKeys).where(eq(signingKeys.poolId, poolId));
      if (made.length === 0) await tx.insert(signingKeys).values({ ...key, poolId, createdAt: clock.now() });
    });
    return read(poolId);
  };

  return {
    async of(poolId) {
      const underWay = known.get(poolId) ?? readOrMake(poolId);
      known.set(poolId, underWay);
      const keys = await underWay.catch((error: unknown) => {
        known.delete(poolId);
        throw error;
      });
      if (keys.length === 0) known.delete(poolId);
      return keys;
    },
  };
}

/** An RSA key of 2,048 bits: PKCS #8, DER. */
async function newSigningKey(randomness: Randomness): Promise<{ kid: string; privateKey: Buffer }> {
  const privateKey = await randomness.rsaKey();
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
