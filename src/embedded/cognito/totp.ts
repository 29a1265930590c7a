import { Secret, TOTP } from 'otpauth';

import type { Randomness } from '../../services/randomness.js';

/** What every authenticator app takes for granted. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** How many steps a clock may be off, either way (RFC 6238, section 5.2). */
const DRIFT = 1;
/** The length that RFC 4226 recommends, 160 bits. */
const SECRET_BYTES = 20;

/** @returns 32 characters of base32 (RFC 4648) */
export const newTotpSecret = (randomness: Pick<Randomness, 'bytes'>): string =>
  new Secret({ buffer: Uint8Array.from(randomness.bytes(SECRET_BYTES)).buffer }).base32;

/**
 * Whose code it is, of the steps of 30 seconds since the epoch (RFC 6238): of the present one, the one before or the one
 * after. Nothing where it is of none. The comparison takes a time that does not depend on the code.
 */
export function stepOf(secret: string, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const timestamp = now.getTime();
  const delta = TOTP.validate({
    ...PARAMETERS,
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp,
    window: DRIFT,
  });
  return delta === null ? undefined : TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta;
}
