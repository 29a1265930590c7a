/** What is kept of one decision, under a key that says all that it rests on. */
export interface KeptDecision {
  readonly key: string;
  readonly value: string;
  /** Milliseconds; a positive integer. */
  readonly ttlMs: number;
}

/** What a read found, in the order asked. */
export interface SharedRead {
  readonly epochs: readonly string[];
  readonly values: readonly (string | null)[];
}

/** Told which subjects have new epochs; null where some may have been missed. */
export type RenewalListener = (subjects: readonly string[] | null) => void;

/**
 * What instances share of decisions. A subject (the policies, a principal) has an epoch, a random text that nobody can guess and
 * that is another one after each `renew`, and after the store has lost it. A decision is kept together with the epochs that
 * were in force before it was made, and counts only while they still are: so nothing that was decided before a `renew`
 * counts after it, however late it was kept.
 */
export interface SharedDecisions {
  /** In one round trip, or in two where a subject had no epoch yet. Null where the store does not answer; never rejects. */
  read(subjects: readonly string[], keys: readonly string[]): Promise<SharedRead | null>;
  /** Never rejects. */
  keep(decisions: readonly KeptDecision[]): Promise<void>;
  /**
   * Gives new epochs to subjects, and tells every instance.
   *
   * @throws PortcullisError UPSTREAM_UNAVAILABLE when the store did not confirm it: until it has, which is tried again, nothing
   *   that it holds of them counts here
   */
  renew(subjects: readonly string[]): Promise<void>;
  /** Of renewals by any instance, this one's own included. */
  onRenewed(listener: RenewalListener): void;
  /** Safe to call more than once. */
  close(): Promise<void>;
}
