import { z } from 'zod';

import type { Verdict } from '../decision.js';

/** A verdict as it is kept: with what it was decided under, and until when it is good. */
export interface RememberedVerdict {
  readonly verdict: Verdict;
  /** The policies and the principal's epoch that were in force before it was made. */
  readonly policies: string;
  readonly epoch: string;
  /** Milliseconds since the epoch of Unix; it is good strictly before `expiresAt`. */
  readonly evaluatedAt: number;
  readonly expiresAt: number;
}

/** Only what an engine answered, and without an error, is ever kept. */
const TEXT = z.tuple([
  z.string(),
  z.string(),
  z.enum(['PERMITTED', 'FORBIDDEN', 'NOT_PERMITTED']),
  z.array(z.string()),
  z.int(),
  z.int(),
]);

export const writeVerdict = ({
  verdict,
  policies,
  epoch,
  evaluatedAt,
  expiresAt,
}: RememberedVerdict): string =>
  JSON.stringify([policies, epoch, verdict.reason, verdict.determiningPolicies, evaluatedAt, expiresAt]);

/** Undefined for anything that `writeVerdict` has not written: a store may hold garbage, and nothing is made of that. */
export function readVerdict(text: string): RememberedVerdict | undefined {
  try {
    const parsed = TEXT.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const [policies, epoch, reason, determiningPolicies, evaluatedAt, expiresAt] = parsed.data;
    return { verdict: { reason, determiningPolicies, errors: [] }, policies, epoch, evaluatedAt, expiresAt };
  } catch {
    return undefined;
  }
}
