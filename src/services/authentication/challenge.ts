import { z } from 'zod';

import { badUserInput, PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Sealer } from '../tokens/seal.js';
import { MFA_METHODS, USER_TYPES } from '../users/user-store.js';

/** What every step of a sign-in needs to go on. */
const SIGN_IN = {
  /** True for one that was made up for a machine: it leads nowhere. */
  decoy: z.boolean(),
  userType: z.enum(USER_TYPES),
  /** The normalised address that was typed: what failed tries are counted by. */
  account: z.string(),
  /** As Cognito wants it in the answer, which is not always the address that was typed. */
  username: z.string(),
  session: z.string(),
  /** Did this sign-in pass a second factor? */
  mfaAuthenticated: z.boolean(),
  /** When the password was given. Milliseconds since 1970, as the next. */
  beganAt: z.number(),
  expiresAt: z.number(),
};

/** A sign-in that waits for its next step. The client carries it, sealed; the service keeps nothing. */
const CHALLENGE = z.discriminatedUnion('step', [
  /** `missingAttributes`: names, in Cognito's spelling, of attributes that the answer has to bring. */
  z.object({ ...SIGN_IN, step: z.literal('new-password'), missingAttributes: z.array(z.string()) }),
  z.object({ ...SIGN_IN, step: z.literal('mfa'), method: z.enum(MFA_METHODS) }),
  z.object({ ...SIGN_IN, step: z.literal('mfa-selection'), methods: z.array(z.enum(MFA_METHODS)) }),
  z.object({ ...SIGN_IN, step: z.literal('mfa-setup') }),
  z.object({ ...SIGN_IN, step: z.literal('totp-confirmation') }),
]);

type Sealed = z.infer<typeof CHALLENGE>;
type Unsealed<Challenge> = Challenge extends Sealed ? Omit<Challenge, 'expiresAt'> : never;

export type Challenge = Unsealed<Sealed>;
export type ChallengeStep = Challenge['step'];
export type ChallengeOf<Step extends ChallengeStep> = Extract<Challenge, { step: Step }>;

const PURPOSE = 'sign-in challenge';
/** Cognito's default AuthSessionValidity. */
const LIFETIME_MS = 3 * 60 * 1000;

export function sealChallenge(sealer: Sealer, clock: Clock, challenge: Challenge): string {
  return sealer.seal(PURPOSE, { ...challenge, expiresAt: clock.now().getTime() + LIFETIME_MS });
}

/**
 * Throws BAD_USER_INPUT for what is no challenge or that of another step, and CODE_EXPIRED for one that waited too long or leads
 * nowhere.
 */
export function openChallenge<Step extends ChallengeStep>(
  sealer: Sealer,
  clock: Clock,
  text: string,
  step: Step,
): ChallengeOf<Step> {
  const opened = CHALLENGE.safeParse(sealer.open(PURPOSE, text));
  if (!opened.success) throw badUserInput('The challenge is not valid.', { argument: 'challenge' });
  const { expiresAt, ...challenge } = opened.data;
  if (challenge.decoy || expiresAt <= clock.now().getTime()) {
    throw new PortcullisError('CODE_EXPIRED', 'The sign-in took too long, or has ended. Sign in again.');
  }
  if (!isOf(challenge, step)) {
    throw badUserInput('The challenge belongs to another step of the sign-in.', {
      argument: 'challenge',
      step: challenge.step,
    });
  }
  return challenge;
}

const isOf = <Step extends ChallengeStep>(challenge: Challenge, step: Step): challenge is ChallengeOf<Step> =>
  challenge.step === step;
