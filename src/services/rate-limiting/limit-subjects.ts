import { createHmac } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** Turns what a limit is counted for into a key: an HMAC, so that no store holds an address, a name or a token. */
export type LimitSubjects = (...parts: readonly string[]) => string;

/** The last part but one where the last is the id of who calls. Ids come again and again, and unlike the rest are no secret. */
export const CALLER = 'caller';

/** 128 bits: nobody finds two that fall together. */
const KEPT_BYTES = 16;
/** Of so many callers the keys are remembered: an HMAC takes as long as ten decisions. */
const MAX_CALLERS = 1_000;

/** @param key a key of its own, at least 32 bytes */
export function createLimitSubjects(key: Uint8Array): LimitSubjects {
  const callers = new LRUCache<string, string>({ max: MAX_CALLERS });
  const digest = (text: string) =>
    createHmac('sha256', key).update(text).digest().subarray(0, KEPT_BYTES).toString('base64url');

  return (...parts) => {
    // As JSON, so that no two lists of parts read the same.
    const text = JSON.stringify(parts);
    if (parts.at(-2) !== CALLER) return digest(text);
    const known = callers.get(text);
    if (known !== undefined) return known;
    const made = digest(text);
    callers.set(text, made);
    return made;
  };
}
