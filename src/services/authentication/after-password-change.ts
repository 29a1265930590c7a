import { PortcullisError } from '../../errors.js';
import { throughAllSteps, UnspreadChangeError } from '../cache/unspread-change.js';

/**
 * Ends what a password let in, once it is another. The change itself cannot be taken back or made again: whatever fails now,
 * the caller is told that the password is changed.
 *
 * @throws UnspreadChangeError as `throughAllSteps` does; UPSTREAM_UNAVAILABLE with `details.changed` where sessions may go on
 */
export async function endAfterPasswordChange(...steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  try {
    await throughAllSteps(...steps);
  } catch (error) {
    if (error instanceof UnspreadChangeError) throw error;
    throw new PortcullisError(
      'UPSTREAM_UNAVAILABLE',
      'The password was changed, but other sessions may not have ended. Sign in, and sign out everywhere.',
      { retryable: false, details: { changed: true }, cause: error },
    );
  }
}
