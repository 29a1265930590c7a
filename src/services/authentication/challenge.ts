import { z } from 'zod';

import { badUserInput, PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Sealer } from '../tokens/seal.js';
import { MFA_METHODS, USER_TYPES } from '../users/user-store.js';
import type { AuthenticationDependencies } from './dependencies.js';

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
type SealedOf<Step extends ChallengeStep> = Extract<Sealed, { step: Step }>;
export type ChallengeOf<Step extends ChallengeStep> = Extract<Challenge, { step: Step }>;

const PURPOSE = 'sign-in challenge';
/** Cognito's default AuthSessionValidity. */
const LIFETIME_MS = 3 * 60 * 1000;

export function sealChallenge(sealer: Sealer, clock: Clock, challenge: Challenge): string {
  return sealer.seal(PURPOSE, { ...challenge, expiresAt: clock.now().getTime() + LIFETIME_MS });
}

/**
 * What a client brings back. Throws BAD_USER_INPUT for what is no challenge, or that of another step; whether it still leads
 * anywhere is for `requireRunning` to say.
 */
export function unsealChallenge<Step extends ChallengeStep>(
  sealer: Sealer,
  text: string,
  step: Step,
): SealedOf<Step> {
  const opened = CHALLENGE.safeParse(sealer.open(PURPOSE, text));
  if (!opened.success) throw badUserInput('The challenge is not valid.', { argument: 'challenge' });
  const challenge = opened.data;
  if (!isOf(challenge, step)) {
    throw badUserInput('The challenge belongs to another step of the sign-in.', {
      argument: 'challenge',
      step: challenge.step,
    });
  }
  return challenge;
}

/**
 * Throws CODE_EXPIRED for a sign-in that waited too long, that leads nowhere, or that began before all sessions of its person
 * were ended: by a new password or invitation, by an administrator, or by themselves.
 */
export async function requireRunning(
  { clock, sessions }: Pick<AuthenticationDependencies, 'clock' | 'sessions'>,
  { decoy, expiresAt, username, beganAt }: Sealed,
): Promise<void> {
  const isOver = decoy || expiresAt <= clock.now().getTime();
  // Cognito wants ids in its answers, so that the user name is one.
  if (isOver || (await sessions.isOvertaken(username, new Date(beganAt)))) {
    throw new PortcullisError('CODE_EXPIRED', 'The sign-in took too long, or has ended. Sign in again.');
  }
}

/** A challenge of this step that still leads somewhere: throws as `unsealChallenge` and `requireRunning` do. */
export async function openChallenge<Step extends ChallengeStep>(
  dependencies: Pick<AuthenticationDependencies, 'sealer' | 'clock' | 'sessions'>,
  text: string,
  step: Step,
): Promise<SealedOf<Step>> {
  const challenge = unsealChallenge(dependencies.sealer, text, step);
  await requireRunning(dependencies, challenge);
  return challenge;
}

const isOf = <Step extends ChallengeStep>(challenge: Sealed, step: Step): challenge is SealedOf<Step> =>
  challenge.step === step;
