/**
 * The closed set of codes that an error of this service carries in `extensions.code`.
 * Codes that Apollo Server itself gives to malformed requests come on top of these.
 */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_CREDENTIALS',
  'CODE_MISMATCH',
  'CODE_EXPIRED',
  'USER_NOT_CONFIRMED',
  'PASSWORD_RESET_REQUIRED',
  'PASSWORD_POLICY',
  'ACCOUNT_LOCKED',
  'RATE_LIMITED',
  'OPERATION_TOO_COMPLEX',
  'AUTHORIZATION_UNAVAILABLE',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_THROTTLED',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes for which the very same request may succeed later. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'ACCOUNT_LOCKED',
  'RATE_LIMITED',
  'AUTHORIZATION_UNAVAILABLE',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_THROTTLED',
]);

export interface PortcullisErrorOptions {
  /** Facts for the caller's program. Never a secret, never a vendor's message. */
  details?: Record<string, unknown>;
  /** Seconds after which a retry makes sense. */
  retryAfter?: number;
  /** Set to overrule what the code says. */
  retryable?: boolean;
  /** What really happened, for the log only: it never reaches the caller. */
  cause?: unknown;
}

/** An error that is meant for the caller: its message and details are safe to send. */
export class PortcullisError extends Error {
  override readonly name = 'PortcullisError';
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfter: number | null;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: PortcullisErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details;
    this.retryAfter = options.retryAfter ?? null;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
  }
}

/** Nobody is signed in, or the credential sent is no longer good. */
export const unauthenticated = (message = 'Sign in to do this.', options?: PortcullisErrorOptions) =>
  new PortcullisError('UNAUTHENTICATED', message, options);

/** The input is malformed; `details` may name the argument. */
export const badUserInput = (message: string, details?: Record<string, unknown>) =>
  new PortcullisError('BAD_USER_INPUT', message, details === undefined ? {} : { details });

/** The thing asked for does not exist. */
export const notFound = (what: string) => new PortcullisError('NOT_FOUND', `${what} does not exist.`);
