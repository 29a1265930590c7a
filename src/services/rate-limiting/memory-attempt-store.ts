import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';
import { currentRecord, waitOf, withSettled, withTry, type AttemptRecord } from './attempt-record.js';
import { ATTEMPT_RULES } from './attempt-rules.js';
import type { AttemptStore, CountedTry } from './attempt-store.js';

export interface MemoryAttemptStoreOptions {
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'uuid'>;
  /**
   * How many records to keep. Beyond it the one that was not touched for longest is forgotten: who wants that to happen to
   * theirs has to fail at that many other accounts first.
   */
  readonly maxRecords?: number;
}

const { lockingHere, lockingAnywhere } = ATTEMPT_RULES;

/** Counts for this process alone. */
export function createMemoryAttemptStore({
  clock,
  randomness,
  maxRecords = 100_000,
}: MemoryAttemptStoreOptions): AttemptStore {
  /** Those touched last are last. */
  const records = new Map<string, AttemptRecord>();

  const keep = (key: string, record: AttemptRecord): void => {
    records.delete(key);
    if (record.counted <= 0) return;
    records.set(key, record);
    if (records.size <= maxRecords) return;
    const [oldest] = records.keys();
    if (oldest !== undefined) records.delete(oldest);
  };

  const count = (key: string, record: AttemptRecord, locking: number): CountedTry => {
    const tried = withTry(record, locking, clock.now().getTime());
    keep(key, tried.record);
    return tried.counted;
  };

  /** The milliseconds for which the try locks. */
  const settleOne = (
    key: string,
    counted: CountedTry | null,
    locking: number,
    isTakenBack: boolean,
  ): number => {
    const record = records.get(key);
    if (counted === null || record?.epoch !== counted.epoch) return 0;
    const settled = withSettled(record, counted, locking, isTakenBack);
    keep(key, settled);
    const isLocking = !isTakenBack && settled.lockedUntil === counted.lockedUntil;
    return isLocking ? Math.max(0, settled.lockedUntil - clock.now().getTime()) : 0;
  };

  return {
    async begin(keys) {
      const now = clock.now().getTime();
      const epoch = randomness.uuid();
      const here = currentRecord(records.get(keys.here), epoch, now);
      const anywhere = currentRecord(records.get(keys.anywhere), epoch, now);
      const retryAfterMs = Math.max(waitOf(here, now), waitOf(anywhere, now));
      if (retryAfterMs > 0) return { admitted: false, retryAfterMs };
      return {
        admitted: true,
        ticket: {
          here: count(keys.here, here, lockingHere),
          anywhere: here.counted < lockingHere ? count(keys.anywhere, anywhere, lockingAnywhere) : null,
        },
      };
    },

    async settle(keys, ticket, outcome) {
      const isTakenBack = outcome !== 'failed';
      const anywhereMs = settleOne(keys.anywhere, ticket.anywhere, lockingAnywhere, isTakenBack);
      if (outcome === 'succeeded') {
        records.delete(keys.here);
        return { hereMs: 0, anywhereMs };
      }
      return { hereMs: settleOne(keys.here, ticket.here, lockingHere, isTakenBack), anywhereMs };
    },
  };
}
