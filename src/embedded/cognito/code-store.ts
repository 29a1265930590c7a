import { and, eq, gt, isNotNull, lt, lte, sql } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { codes } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import { digest, sameSecret } from './digests.js';
import { attemptLimitExceeded, codeMismatch, expiredCode, tooManyFailedAttempts } from './exceptions.js';
import type { Expiry } from './expiry.js';
import { randomText } from './identifiers.js';
import type { ContactName } from './pool-settings.js';
import type { SecretBox } from './secret-box.js';
import type { User } from './user-store.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TRIES = 5;
/** The first code and five repetitions. */
const SENT_PER_HOUR = 6;

/** To confirm a sign-up, to choose a new password, or to verify an address or a number. */
export type CodePurpose = 'SIGN_UP' | 'FORGOTTEN_PASSWORD' | ContactName;

/** How long codes are good, and the contacts that they say something of: they say nothing of what took their place. */
const PURPOSES: Readonly<Record<CodePurpose, { lifetime: number; boundTo: readonly ContactName[] }>> = {
  SIGN_UP: { lifetime: DAY, boundTo: ['email'] },
  FORGOTTEN_PASSWORD: { lifetime: HOUR, boundTo: ['email', 'phone_number'] },
  email: { lifetime: DAY, boundTo: ['email'] },
  phone_number: { lifetime: DAY, boundTo: ['phone_number'] },
};

/** A user, or what stands in for one who does not exist. */
export type CodeOwner = Pick<User, 'poolId' | 'sub' | 'attributes'>;

/** A code that was found right. */
export type CheckedCode = typeof codes.$inferSelect;

export interface CodeStore {
  /**
   * A code of six digits, good once. The code before it is good no longer.
   * @param pendingValue what the contact becomes once the code is shown; without one, the code is for the present value
   * @throws LimitExceededException after five repetitions within an hour
   */
  issue(owner: CodeOwner, purpose: CodePurpose, pendingValue?: string): Promise<string>;
  /** What the contact becomes once its code is shown, where it waits for that. */
  findPending(owner: CodeOwner, purpose: ContactName): Promise<string | undefined>;
  /**
   * Judges a code, and leaves it to be used up.
   * @throws CodeMismatchException, ExpiredCodeException, and TooManyFailedAttemptsException once five tries were made
   */
  check(owner: CodeOwner, purpose: CodePurpose, code: string): Promise<CheckedCode>;
  /** @throws ExpiredCodeException where somebody else used it up */
  useUp(checked: CheckedCode): Promise<void>;
  /** Both. @throws as they do */
  redeem(owner: CodeOwner, purpose: CodePurpose, code: string): Promise<CheckedCode>;
}

export function createCodeStore({
  db,
  clock,
  randomness,
  expiry,
  secrets,
}: {
  db: Db;
  clock: Clock;
  randomness: Randomness;
  expiry: Expiry;
  secrets: SecretBox;
}): CodeStore {
  const isCode = ({ poolId, sub }: Pick<CodeOwner, 'poolId' | 'sub'>, purpose: string) =>
    and(eq(codes.poolId, poolId), eq(codes.sub, sub), eq(codes.purpose, purpose));

  /** Undefined where it was sealed for another address. */
  const open = async (row: CheckedCode, owner: CodeOwner, purpose: CodePurpose) => {
    try {
      return await secrets.open(row.sealedCode, bindingOf(owner, purpose, row.pendingValue));
    } catch {
      return undefined;
    }
  };

  const check: CodeStore['check'] = async (owner, purpose, code) => {
    // The try is counted before it is judged: tries that come at once cannot share one count.
    const [counted] = await db
      .update(codes)
      .set({ wrongTries: sql`${codes.wrongTries} + 1` })
      .where(and(isCode(owner, purpose), lt(codes.wrongTries, TRIES), gt(codes.expiresAt, clock.now())))
      .returning();
    if (!counted) throw await whyDead(db, isCode(owner, purpose));
    const right = await open(counted, owner, purpose);
    if (right === undefined || !sameSecret(code, right)) throw codeMismatch();
    return counted;
  };

  const useUp: CodeStore['useUp'] = async (checked) => {
    const used = await db
      .delete(codes)
      .where(and(isCode(checked, checked.purpose), eq(codes.sealedCode, checked.sealedCode)))
      .returning({ sub: codes.sub });
    if (used.length === 0) throw expiredCode();
  };

  return {
    check,
    useUp,

    async issue(owner, purpose, pendingValue) {
      await expiry.sweep();
      const now = clock.now();
      const code = randomText(randomness, '0123456789', 6);
      const pending = pendingValue ?? null;
      const fresh = {
        sealedCode: await secrets.seal(code, bindingOf(owner, purpose, pending)),
        pendingValue: pending,
        expiresAt: new Date(now.getTime() + PURPOSES[purpose].lifetime),
        wrongTries: 0,
      };
      const newWindow = lte(codes.countedSince, new Date(now.getTime() - HOUR));
      const [row] = await db
        .insert(codes)
        .values({ poolId: owner.poolId, sub: owner.sub, purpose, ...fresh, sent: 1, countedSince: now })
        .onConflictDoUpdate({
          target: [codes.poolId, codes.sub, codes.purpose],
          set: {
            ...fresh,
            sent: sql`case when ${newWindow} then 1 else ${codes.sent} + 1 end`,
            countedSince: sql`case when ${newWindow} then ${now.toISOString()}::timestamptz else ${codes.countedSince} end`,
          },
          setWhere: sql`${newWindow} or ${codes.sent} < ${SENT_PER_HOUR}`,
        })
        .returning({ sent: codes.sent });
      if (!row) throw attemptLimitExceeded();
      return code;
    },

    async findPending(owner, purpose) {
      const [row] = await db
        .select({ value: codes.pendingValue })
        .from(codes)
        .where(and(isCode(owner, purpose), isNotNull(codes.pendingValue), gt(codes.expiresAt, clock.now())));
      return row?.value ?? undefined;
    },

    async redeem(owner, purpose, code) {
      const checked = await check(owner, purpose, code);
      await useUp(checked);
      return checked;
    },
  };
}

/** Whose a code is, what it is for, and which addresses it is of. */
const bindingOf = (
  { poolId, sub, attributes }: CodeOwner,
  purpose: CodePurpose,
  pendingValue: string | null,
): string => {
  const contacts = PURPOSES[purpose].boundTo.map((name) => attributes[name] ?? '');
  return digest(poolId, sub, purpose, ...contacts, pendingValue ?? '').toString('base64');
};

async function whyDead(db: Db, isCode: ReturnType<typeof and>) {
  const [dead] = await db.select().from(codes).where(isCode);
  return dead && dead.wrongTries >= TRIES ? tooManyFailedAttempts() : expiredCode();
}
