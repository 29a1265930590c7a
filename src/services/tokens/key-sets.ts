import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

import type { Clock } from '../clock.js';
import type { JwksSource } from './jwks-source.js';

/** Key sets of issuers, kept for a day and fetched anew when a token names a key that they lack. */
export interface KeySets {
  /** Finds the key of a token's header. Rejects with `KeySetUnavailable`, or as jose does where there is no such key. */
  keysOf(issuer: string, kid: string): Promise<JWTVerifyGetKey>;
}

/** The keys cannot be fetched, so nothing can be said of the token. */
export class KeySetUnavailable extends Error {
  override readonly name = 'KeySetUnavailable';
}

const KEEP_MS = 24 * 60 * 60 * 1000;
/** Forged key ids must not become a flood of requests to the issuer. */
const REFETCH_AT_MOST_EVERY_MS = 30_000;

interface KeySet {
  readonly fetchedAt: number;
  readonly kids: ReadonlySet<string>;
  readonly find: JWTVerifyGetKey;
}

export function createKeySets(source: JwksSource, clock: Clock): KeySets {
  const known = new Map<string, KeySet>();
  const underWay = new Map<string, Promise<KeySet>>();
  const triedAt = new Map<string, number>();

  const fetchOnce = (issuer: string): Promise<KeySet> => {
    const running = underWay.get(issuer);
    if (running) return running;
    triedAt.set(issuer, clock.now().getTime());
    const fetching = source(issuer)
      .then((jwks) => {
        const keySet = readKeySet(jwks, clock.now().getTime());
        known.set(issuer, keySet);
        return keySet;
      })
      .finally(() => underWay.delete(issuer));
    underWay.set(issuer, fetching);
    return fetching;
  };

  return {
    async keysOf(issuer, kid) {
      const now = clock.now().getTime();
      const held = known.get(issuer);
      if (held?.kids.has(kid) && now - held.fetchedAt < KEEP_MS) return held.find;
      const mayFetch = now - (triedAt.get(issuer) ?? -Infinity) >= REFETCH_AT_MOST_EVERY_MS;
      if (held && !mayFetch && !underWay.has(issuer)) return held.find;
      try {
        return (await fetchOnce(issuer)).find;
      } catch (cause) {
        // Keys that are a day old are still the issuer's: better than refusing everybody while it does not answer.
        if (held?.kids.has(kid)) return held.find;
        throw new KeySetUnavailable(`The keys of ${issuer} cannot be fetched.`, { cause });
      }
    },
  };
}

const readKeySet = (jwks: JSONWebKeySet, fetchedAt: number): KeySet => ({
  fetchedAt,
  kids: new Set(jwks.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))),
  find: createLocalJWKSet(jwks),
});
