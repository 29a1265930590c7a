const MINUTE_MS = 60_000;

/** When failed tries lock an account, and for how long. */
export const ATTEMPT_RULES = {
  /** The failed try from one address that locks the account for that address. No more of an address count anywhere else. */
  lockingHere: 5,
  /** The failed try that locks the account for everybody: it takes four addresses at least. */
  lockingAnywhere: 20,
  /** For how long, in milliseconds: the first lock, the second, and so on; the last is that of all further ones. */
  lockMs: [1, 2, 4, 8, 15].map((minutes) => minutes * MINUTE_MS),
  /** All is forgotten this many milliseconds after the first failed try, once no lock is running. */
  memoryMs: 24 * 60 * MINUTE_MS,
  /** For how long a try is taken to be under way, in milliseconds: who is kept waiting by it alone may ask again soon. */
  patienceMs: 30_000,
} as const;

/** In milliseconds: when to ask again where it is the tries under way that lock the account, and may yet succeed. */
export const UNDER_WAY_RETRY_MS = 1_000;

/** For how many milliseconds the `count`th failed try locks; 0 where it does not. */
export function lockFor(count: number, locking: number): number {
  const { lockMs } = ATTEMPT_RULES;
  return count < locking ? 0 : (lockMs[Math.min(count - locking, lockMs.length - 1)] ?? 0);
}
