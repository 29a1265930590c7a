import { createHash, createHmac } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { uidText, type EntityUid } from '../services/authorization/question.js';
import type { Clock } from '../services/clock.js';
import type { Verdict } from './decision-answer.js';

export interface RememberedVerdictsOptions {
  /** Milliseconds for which an answer is remembered; zero for not at all. */
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** Of this process alone: a digest of a token is no use without it. */
  readonly secret: Buffer;
  readonly clock: Clock;
}

interface Entry {
  readonly verdict: Verdict;
  /** Milliseconds since the epoch of Unix, both. */
  readonly storedAt: number;
  readonly goodUntil: number;
}

/** Invalidations are counted, so that no answer is remembered that was asked for before one. */
export type Count = number;

/**
 * What Portcullis has decided of late, by person and question. A person is known by a digest of their token, so that no token is
 * held. What an answer is not sure of is not remembered.
 */
export class RememberedVerdicts {
  readonly #options: RememberedVerdictsOptions;
  readonly #entries: LRUCache<string, Entry>;
  #invalidations: Count = 0;

  constructor(options: RememberedVerdictsOptions) {
    this.#options = options;
    this.#entries = new LRUCache({ max: options.maxEntries });
  }

  /** To be taken before anything is asked. */
  get invalidations(): Count {
    return this.#invalidations;
  }

  digestOf(token: string): string {
    return createHmac('sha256', this.#options.secret).update(token).digest('base64url');
  }

  find(digest: string, question: string): Verdict | undefined {
    if (this.#options.ttlMs === 0) return undefined;
    const entry = this.#entries.get(keyOf(digest, question));
    if (entry === undefined) return undefined;
    const now = this.#now();
    // A clock that was set back would else keep it for as long as it was set back by.
    return now >= entry.storedAt && now < entry.goodUntil ? entry.verdict : undefined;
  }

  /** @param tokenEndsAt milliseconds since the epoch of Unix, where known */
  remember(
    digest: string,
    question: string,
    verdict: Verdict,
    { asOf, tokenEndsAt = Infinity }: { readonly asOf: Count; readonly tokenEndsAt: number | undefined },
  ): void {
    const { ttlMs } = this.#options;
    if (ttlMs === 0 || asOf !== this.#invalidations) return;
    if (verdict.reason === 'UNAVAILABLE' || verdict.reason === 'INVALID') return;
    const storedAt = this.#now();
    const goodUntil = Math.min(storedAt + ttlMs, tokenEndsAt);
    this.#entries.set(keyOf(digest, question), { verdict, storedAt, goodUntil });
  }

  /** Forgets what was decided for somebody, or for everybody. */
  invalidate(principal?: EntityUid): void {
    this.#invalidations += 1;
    if (principal === undefined) {
      this.#entries.clear();
      return;
    }
    const name = uidText(principal);
    for (const [key, { verdict }] of [...this.#entries.entries()]) {
      if (uidText(verdict.principal) === name) this.#entries.delete(key);
    }
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

/** As long for every question, whatever is brought with it. */
const keyOf = (digest: string, question: string): string =>
  createHash('sha256').update(digest).update(question).digest('base64');
