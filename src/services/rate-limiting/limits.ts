import type { WindowLimit } from './sliding-window.js';

/** Whose calls are counted together. */
export const LIMIT_KEYS = ['IP', 'ACCOUNT', 'VIEWER', 'SERVICE'] as const;

export type LimitKey = (typeof LIMIT_KEYS)[number];

/** A limit as it holds where nothing else is configured. */
export interface DefaultLimit {
  readonly max: number;
  /** Such as `1m`; see {@link readWindow}. */
  readonly window: string;
  readonly by: LimitKey;
}

/**
 * All limits of the service. A name is that of the field, or of the group of fields that are counted together, and the key in
 * lower case. Who is limited by several is counted by each in turn, and by none after the one that refuses.
 */
export const LIMITS = {
  'register.ip': { max: 10, window: '1m', by: 'IP' },
  'register.account': { max: 5, window: '1h', by: 'ACCOUNT' },
  'confirmRegistration.ip': { max: 10, window: '1m', by: 'IP' },
  'resendConfirmation.ip': { max: 3, window: '1m', by: 'IP' },
  // As many as Cognito sends.
  'resendConfirmation.account': { max: 5, window: '1h', by: 'ACCOUNT' },
  'login.ip': { max: 5, window: '1m', by: 'IP' },
  'completeNewPassword.ip': { max: 10, window: '1m', by: 'IP' },
  'mfaSteps.ip': { max: 20, window: '1m', by: 'IP' },
  // A challenge takes so many codes, whatever the pool says of it.
  'respondToMfa.account': { max: 5, window: '15m', by: 'ACCOUNT' },
  'forgotPassword.ip': { max: 3, window: '1m', by: 'IP' },
  'forgotPassword.account': { max: 5, window: '1h', by: 'ACCOUNT' },
  'resetPassword.ip': { max: 10, window: '1m', by: 'IP' },
  'proofs.viewer': { max: 10, window: '1m', by: 'VIEWER' },
  // One fewer than Cognito sends, which would say nothing of when it sends again.
  'contactCodes.viewer': { max: 5, window: '1h', by: 'VIEWER' },
  'changeEmail.account': { max: 5, window: '1h', by: 'ACCOUNT' },
  'requestContactVerification.viewer': { max: 3, window: '1m', by: 'VIEWER' },
  'verifyContact.viewer': { max: 10, window: '1m', by: 'VIEWER' },
  // A network may have many people, and each asks every quarter of an hour.
  'refreshTokens.ip': { max: 60, window: '1m', by: 'IP' },
  'refreshTokens.account': { max: 5, window: '1m', by: 'ACCOUNT' },
  'updateMe.viewer': { max: 20, window: '1m', by: 'VIEWER' },
  'createUser.viewer': { max: 20, window: '1m', by: 'VIEWER' },
  // Each of them mails somebody.
  'resetUserPassword.viewer': { max: 20, window: '1m', by: 'VIEWER' },
  'reads.viewer': { max: 100, window: '1m', by: 'VIEWER' },
  'checks.service': { max: 5_000, window: '1m', by: 'SERVICE' },
} as const satisfies Readonly<Record<string, DefaultLimit>>;

export type LimitName = keyof typeof LIMITS;

/** What is enforced of each limit; null where nothing is. */
export type LimitsInForce = Readonly<Record<LimitName, WindowLimit | null>>;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 86_400_000;

/**
 * The milliseconds of a window such as `30s`, `1m`, `2h` or `1d`; undefined for what is none, or longer than a day.
 */
export function readWindow(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNIT_MS[unit] ?? NaN);
  return milliseconds <= LONGEST_MS ? milliseconds : undefined;
}
