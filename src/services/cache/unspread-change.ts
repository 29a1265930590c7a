import { PortcullisError } from '../../errors.js';

/**
 * A change was made, but the cache could not be told to forget what was before: other instances may go by that until it
 * expires. Success must not be reported, and there is nothing to try again.
 */
export class UnspreadChangeError extends PortcullisError {
  /** @param ttlMs how long the old values may live on, in milliseconds */
  constructor(ttlMs: number, cause: unknown) {
    super(
      'UPSTREAM_UNAVAILABLE',
      `The change was made, but it may take ${Math.ceil(ttlMs / 1_000)} seconds to take effect everywhere.`,
      { retryable: false, details: { changed: true }, cause },
    );
  }
}

/**
 * Takes one step after the other. A step whose change could not be spread does not keep back the next ones, which may be
 * what makes the whole safe; once all are taken, the first such error is thrown.
 */
export async function throughAllSteps(...steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  let unspread: UnspreadChangeError | undefined;
  for (const step of steps) {
    const late = await unspreadBy(step);
    unspread ??= late;
  }
  if (unspread) throw unspread;
}

/** @returns what the step could not spread: it is done all the same */
export async function unspreadBy(step: () => Promise<unknown>): Promise<UnspreadChangeError | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (error instanceof UnspreadChangeError) return error;
    throw error;
  }
}
