import type { ClientAddress } from '../sessions/session.js';
import type { UserType } from '../users/user-store.js';

/** Whose secret is tried. */
export interface AttemptedAccount {
  readonly userType: UserType;
  /** The normalised address that names the account, or the person's id where they have none. */
  readonly name: string;
}

/** What is tried: the two are counted apart, so that a right password does not forgive wrong codes. */
export type AttemptKind = 'password' | 'code';

/**
 * Counts failed tries at the secrets of an account, whoever makes them, and locks it for a while when there are too many. The
 * bound for one account from one address is low; the one for the account alone is higher, so that a stranger cannot lock
 * somebody out of their own network.
 */
export interface Attempts {
  /**
   * Makes one try. It counts as failed where it rejects with INVALID_CREDENTIALS or CODE_MISMATCH; what else it rejects with
   * says nothing of the secret.
   *
   * @throws PortcullisError ACCOUNT_LOCKED with `retryAfter` while the account is locked: the try is then not made and not
   * counted. UPSTREAM_UNAVAILABLE where tries cannot be counted.
   */
  guard<Answer>(
    kind: AttemptKind,
    account: AttemptedAccount,
    client: ClientAddress,
    attempt: () => Promise<Answer>,
  ): Promise<Answer>;
}
