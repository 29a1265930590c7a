/** What went wrong where no decision could be had. */
export type FailureKind =
  /** Nobody answered at all. */
  | 'NETWORK'
  /** Nobody answered in time. */
  | 'TIMEOUT'
  /** Portcullis, or what stands before it, is not up to it at the moment. */
  | 'OVERLOADED'
  /** This service asks more than it may. */
  | 'THROTTLED'
  /** It would not hear of it. */
  | 'REFUSED'
  /** What it said makes no sense. */
  | 'ANSWER'
  /** There is no credential of this service, or it is not accepted. */
  | 'CREDENTIAL'
  /** It has failed too often of late to be asked. */
  | 'CIRCUIT'
  /** What was to be asked cannot be. */
  | 'QUESTION';

export interface DecisionFailureOptions {
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Why decisions are UNAVAILABLE, for a log: neither a token nor anything that the other side wrote is in it, but in its cause. */
export class DecisionFailure extends Error {
  override readonly name = 'DecisionFailure';
  readonly retryable: boolean;
  readonly retryAfterMs: number;

  constructor(
    readonly kind: FailureKind,
    message: string,
    { retryable = false, retryAfterMs = 0, cause }: DecisionFailureOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
