import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import { eq, lte } from 'drizzle-orm';
import { z } from 'zod';

import type { Clock } from '../clock.js';
import type { Db } from '../database/database.js';
import { pendingProofs } from '../database/schema/identity.js';
import type { Randomness } from '../randomness.js';
import type { Sealer } from '../tokens/seal.js';
import { MFA_METHODS } from '../users/user-store.js';

const PROOF = z.object({
  method: z.enum(MFA_METHODS),
  /** As Cognito wants it in the answer. */
  username: z.string(),
  /** Cognito's, that the code answers. */
  session: z.string(),
  /** Where the code went, masked; null where Cognito did not say. */
  destination: z.string().nullable(),
});

/** A proof of identity whose password was right and whose code is on its way to the person. */
export type PendingProof = z.infer<typeof PROOF>;

const SEALED = PROOF.extend({ salt: z.string(), passwordDigest: z.string() });

/**
 * Proofs that wait for a code that was sent: one for each session, for three minutes, since the arguments of a mutation hold a
 * password and a code but nothing that leads from one to the other. What is kept is sealed.
 */
export interface ProofStore {
  keep(sessionId: string, password: string, proof: PendingProof): Promise<void>;
  /** What waits for this session's code, and whether `password` is the one it began with. */
  find(
    sessionId: string,
    password: string,
  ): Promise<{ proof: PendingProof; samePassword: boolean } | undefined>;
  drop(sessionId: string): Promise<void>;
}

/** Cognito's default AuthSessionValidity. */
const LIFETIME_MS = 3 * 60 * 1000;
const DIGEST_BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

export function createProofStore({
  db,
  sealer,
  clock,
  randomness,
}: {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly randomness: Randomness;
}): ProofStore {
  const purposeOf = (sessionId: string) => `proof of identity ${sessionId}`;

  return {
    async keep(sessionId, password, proof) {
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + LIFETIME_MS);
      const salt = randomness.bytes(16);
      const kept: z.infer<typeof SEALED> = {
        ...proof,
        salt: salt.toString('base64url'),
        passwordDigest: (await derive(password, salt, DIGEST_BYTES)).toString('base64url'),
      };
      const sealed = sealer.seal(purposeOf(sessionId), kept, { expiresAt });
      await db.delete(pendingProofs).where(lte(pendingProofs.expiresAt, now));
      await db
        .insert(pendingProofs)
        .values({ sessionId, sealed, expiresAt })
        .onConflictDoUpdate({ target: pendingProofs.sessionId, set: { sealed, expiresAt } });
    },

    async find(sessionId, password) {
      const [row] = await db.select().from(pendingProofs).where(eq(pendingProofs.sessionId, sessionId));
      const opened = SEALED.safeParse(row && sealer.open(purposeOf(sessionId), row.sealed));
      if (!opened.success) return undefined;
      const { salt, passwordDigest, ...proof } = opened.data;
      const digest = await derive(password, Buffer.from(salt, 'base64url'), DIGEST_BYTES);
      return { proof, samePassword: timingSafeEqual(digest, Buffer.from(passwordDigest, 'base64url')) };
    },

    async drop(sessionId) {
      await db.delete(pendingProofs).where(eq(pendingProofs.sessionId, sessionId));
    },
  };
}
