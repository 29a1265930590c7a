import { PortcullisError } from '../../errors.js';

/** What Cognito says of a change that it has made already, to the second try at it: the code is used, the old password wrong. */
const SAID_OF_WHAT_IS_DONE: ReadonlySet<string> = new Set(['ExpiredCodeException', 'NotAuthorizedException']);

/**
 * Whether a change that failed may have been made all the same: its answer was lost, or a try before the one that was refused
 * may have been carried out.
 *
 * @param error what the call threw, as `CognitoCalls` translates it
 */
export function mayHaveBeenMade(error: unknown): boolean {
  if (!(error instanceof PortcullisError)) return true;
  const cause = error.cause as
    | { readonly name?: string; readonly $metadata?: { httpStatusCode?: number; attempts?: number } }
    | undefined;
  const { httpStatusCode, attempts = 1 } = cause?.$metadata ?? {};
  if (httpStatusCode === undefined) return error.code === 'UPSTREAM_UNAVAILABLE';
  return httpStatusCode >= 500 || (attempts > 1 && SAID_OF_WHAT_IS_DONE.has(cause?.name ?? ''));
}
