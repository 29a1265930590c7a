import type { Failure } from '../graphql/failure.js';

/** What people are told where the service's own message speaks to programs. */
const WORDS: Readonly<Record<string, string>> = {
  ACCOUNT_LOCKED: 'There were too many failed tries, so this account is locked for a while.',
  AUTHORIZATION_UNAVAILABLE: 'What you may do here cannot be looked up at the moment. Nothing was changed.',
  CODE_MISMATCH: 'This code is wrong. Enter the one that is shown or was sent last.',
  FORBIDDEN: 'You may not do this.',
  INTERNAL_SERVER_ERROR: 'Something went wrong at the server.',
  PASSWORD_RESET_REQUIRED:
    'Your password was reset, and this page has no form for a new one: resetPassword of the API takes it, with the code that was mailed to you.',
  RATE_LIMITED: 'That was too often.',
  UNAUTHENTICATED: 'Your session has ended.',
  UPSTREAM_THROTTLED: 'The service has too much to do.',
  UPSTREAM_UNAVAILABLE: 'The service cannot do this at the moment.',
  USER_NOT_CONFIRMED:
    'This address is not confirmed yet, and this page has no form for that: confirmRegistration of the API takes the code that was mailed to you.',
};

export interface Words {
  readonly message: string;
  /** What is wrong in particular, such as each rule that a password breaks. */
  readonly points: readonly string[];
}

/** What to show for a failure: the service's own message, where it is meant for people. */
export function wordsFor({ code, message, details }: Failure): Words {
  const { messages = [] } = details;
  const points = Array.isArray(messages) ? messages.flatMap(messageOf) : [];
  return { message: WORDS[code] ?? message, points };
}

const messageOf = (point: unknown): readonly string[] =>
  typeof point === 'object' && point !== null && 'message' in point && typeof point.message === 'string'
    ? [point.message]
    : [];
