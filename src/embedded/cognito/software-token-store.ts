import { and, eq, isNull, lt, or } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { softwareTokens } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import {
  softwareTokenNotFound,
  softwareTokenRefused,
  softwareTokenUsed,
  wrongMfaCode,
} from './exceptions.js';
import type { SecretBox } from './secret-box.js';
import { newTotpSecret, stepOf } from './totp.js';
import type { User } from './user-store.js';

type Owner = Pick<User, 'poolId' | 'sub'>;

/** People's authenticators: at most one in use for each, and one that waits to be verified. */
export interface SoftwareTokenStore {
  /**
   * A new secret, which replaces one that was not verified, and leaves the one in use alone.
   * @returns base32
   */
  associate(user: Owner): Promise<string>;
  /**
   * Puts the new secret into use, in the place of the one before.
   * @throws EnableSoftwareTokenMFAException, SoftwareTokenMFANotFoundException
   */
  verify(user: Owner, code: string, deviceName: string | null): Promise<void>;
  /** The one in use, if there is one. */
  find(user: Owner): Promise<{ deviceName: string | null } | undefined>;
  /**
   * Uses up the code of a step, and every step before it.
   * @throws CodeMismatchException, ExpiredCodeException where it was used, SoftwareTokenMFANotFoundException
   */
  redeem(user: Owner, code: string): Promise<void>;
}

export function createSoftwareTokenStore({
  db,
  clock,
  randomness,
  secrets,
}: {
  db: Db;
  clock: Clock;
  randomness: Randomness;
  secrets: SecretBox;
}): SoftwareTokenStore {
  const isOwners = ({ poolId, sub }: Owner) =>
    and(eq(softwareTokens.poolId, poolId), eq(softwareTokens.sub, sub));
  const nameOf = ({ poolId, sub }: Owner) => `${poolId}/${sub}`;

  const read = async (user: Owner) => {
    const [row] = await db.select().from(softwareTokens).where(isOwners(user));
    return row;
  };

  const findStep = async (user: Owner, sealed: Buffer, code: string) =>
    stepOf(await secrets.open(sealed, nameOf(user)), code, clock.now());

  return {
    async associate(user) {
      const secret = newTotpSecret(randomness);
      const pendingSecret = await secrets.seal(secret, nameOf(user));
      await db
        .insert(softwareTokens)
        .values({ poolId: user.poolId, sub: user.sub, pendingSecret })
        .onConflictDoUpdate({
          target: [softwareTokens.poolId, softwareTokens.sub],
          set: { pendingSecret },
        });
      return secret;
    },

    async verify(user, code, deviceName) {
      const pending = (await read(user))?.pendingSecret;
      if (!pending) throw softwareTokenNotFound();
      const step = await findStep(user, pending, code);
      if (step === undefined) throw softwareTokenRefused();
      // Of two who verify at once, one finds nothing pending any more.
      const verified = await db
        .update(softwareTokens)
        .set({ secret: pending, deviceName, lastStep: step, pendingSecret: null })
        .where(and(isOwners(user), eq(softwareTokens.pendingSecret, pending)))
        .returning({ sub: softwareTokens.sub });
      if (verified.length === 0) throw softwareTokenRefused();
    },

    async find(user) {
      const row = await read(user);
      return row?.secret ? { deviceName: row.deviceName } : undefined;
    },

    async redeem(user, code) {
      const secret = (await read(user))?.secret;
      if (!secret) throw softwareTokenNotFound();
      const step = await findStep(user, secret, code);
      if (step === undefined) throw wrongMfaCode();
      // One conditional update decides who used the step first.
      const used = await db
        .update(softwareTokens)
        .set({ lastStep: step })
        .where(
          and(
            isOwners(user),
            eq(softwareTokens.secret, secret),
            or(isNull(softwareTokens.lastStep), lt(softwareTokens.lastStep, step)),
          ),
        )
        .returning({ sub: softwareTokens.sub });
      if (used.length === 0) throw softwareTokenUsed();
    },
  };
}
