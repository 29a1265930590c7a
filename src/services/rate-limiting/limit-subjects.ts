import { createHmac } from 'node:crypto';

/** Turns what a limit is counted for into a key: an HMAC, so that no store holds an address, a name or a token. */
export type LimitSubjects = (...parts: readonly string[]) => string;

/** 128 bits: nobody finds two that fall together. */
const KEPT_BYTES = 16;

/** @param key a key of its own, at least 32 bytes */
export function createLimitSubjects(key: Uint8Array): LimitSubjects {
  return (...parts) =>
    createHmac('sha256', key)
      // As JSON, so that no two lists of parts read the same.
      .update(JSON.stringify(parts))
      .digest()
      .subarray(0, KEPT_BYTES)
      .toString('base64url');
}
