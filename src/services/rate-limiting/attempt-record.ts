import { ATTEMPT_RULES, lockFor, UNDER_WAY_RETRY_MS } from './attempt-rules.js';
import type { CountedTry } from './attempt-store.js';

/** What is kept of the failed tries under one key. Times are milliseconds since 1970. */
export interface AttemptRecord {
  readonly epoch: string;
  readonly since: number;
  /** Those under way among them. */
  readonly counted: number;
  readonly underWay: number;
  readonly lastTry: number;
  readonly lockedUntil: number;
}

/** The record to go on from: a new one, of the epoch given, where there is none or all is to be forgotten. */
export function currentRecord(known: AttemptRecord | undefined, epoch: string, now: number): AttemptRecord {
  const isOver =
    known === undefined || (now >= known.since + ATTEMPT_RULES.memoryMs && now >= known.lockedUntil);
  return isOver ? { epoch, since: now, counted: 0, underWay: 0, lastTry: now, lockedUntil: 0 } : known;
}

/** Milliseconds until the next try; 0 where it may be made now. */
export function waitOf({ underWay, lastTry, lockedUntil }: AttemptRecord, now: number): number {
  const left = Math.max(0, lockedUntil - now);
  const isUndecided = underWay > 0 && now < lastTry + ATTEMPT_RULES.patienceMs;
  return isUndecided ? Math.min(left, UNDER_WAY_RETRY_MS) : left;
}

/** With one try more, as if it had failed. */
export function withTry(
  record: AttemptRecord,
  locking: number,
  now: number,
): { record: AttemptRecord; counted: CountedTry } {
  const counted = record.counted + 1;
  const lockMs = lockFor(counted, locking);
  const lockedUntil = lockMs > 0 ? now + lockMs : 0;
  return {
    record: { ...record, counted, underWay: record.underWay + 1, lastTry: now, lockedUntil },
    counted: { epoch: record.epoch, lockedUntil },
  };
}

/** With a try decided. Taken back, it leaves no lock of its own, and none that fewer tries would not have brought. */
export function withSettled(
  record: AttemptRecord,
  { lockedUntil }: CountedTry,
  locking: number,
  isTakenBack: boolean,
): AttemptRecord {
  const underWay = Math.max(0, record.underWay - 1);
  if (!isTakenBack) return { ...record, underWay };
  const counted = record.counted - 1;
  const isUnlocked = counted < locking || record.lockedUntil === lockedUntil;
  return { ...record, counted, underWay, lockedUntil: isUnlocked ? 0 : record.lockedUntil };
}
