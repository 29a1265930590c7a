import { z } from 'zod';

import { badUserInput, PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Sealer } from '../tokens/seal.js';
import { USER_TYPES } from '../users/user-store.js';

/** A sign-in that waits for its next step. The client carries it, sealed; the service keeps nothing. */
const CHALLENGE = z.object({
  /** True for one that was made up for a machine: it leads nowhere. */
  decoy: z.boolean(),
  userType: z.enum(USER_TYPES),
  /** As Cognito wants it in the answer, which is not always the address that was typed. */
  username: z.string(),
  session: z.string(),
  /** Names, in Cognito's spelling, of attributes that the answer has to bring. */
  missingAttributes: z.array(z.string()),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});

export type Challenge = Omit<z.infer<typeof CHALLENGE>, 'expiresAt'>;

const PURPOSE = 'new password challenge';
/** Cognito's default AuthSessionValidity. */
const LIFETIME_MS = 3 * 60 * 1000;

export function sealChallenge(sealer: Sealer, clock: Clock, challenge: Challenge): string {
  return sealer.seal(PURPOSE, { ...challenge, expiresAt: clock.now().getTime() + LIFETIME_MS });
}

/** Throws BAD_USER_INPUT for what is no challenge, and CODE_EXPIRED for one that waited too long or leads nowhere. */
export function openChallenge(sealer: Sealer, clock: Clock, text: string): Challenge {
  const opened = CHALLENGE.safeParse(sealer.open(PURPOSE, text));
  if (!opened.success) throw badUserInput('The challenge is not valid.', { argument: 'challenge' });
  const { expiresAt, ...challenge } = opened.data;
  if (challenge.decoy || expiresAt <= clock.now().getTime()) {
    throw new PortcullisError('CODE_EXPIRED', 'The sign-in took too long, or has ended. Sign in again.');
  }
  return challenge;
}
