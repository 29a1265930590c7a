import { PortcullisError } from '../../errors.js';
import type { Authenticate } from './credential.js';
import type { ReadViewer, Viewer } from './viewer.js';

/** A person on whose behalf somebody else asks, and what was read to judge their token. */
export interface Subject {
  readonly viewer: Viewer;
  readonly read: ReadViewer;
}

/**
 * Judges the access token of a person that a service brings beside its own credential: RFC 8693 calls it a subject token.
 *
 * Rejects with a PortcullisError whose details say that it is this token: UNAUTHENTICATED where it is no good, and else the code
 * that tells why it could not be judged.
 */
export type AuthenticateSubject = (token: string) => Promise<Subject>;

/** In `details`: which of the two credentials of a request is meant. */
const DETAILS = { credential: 'SUBJECT' } as const;

/**
 * The token goes by the very rules of a person's bearer token, but for one: who sends it is no client of theirs, so that nobody is
 * told of as one, and the session is not held against it.
 */
export function createAuthenticateSubject(authenticatePerson: Authenticate): AuthenticateSubject {
  return async (token) => {
    const credential = await authenticatePerson(`Bearer ${token}`);
    if (credential.kind === 'viewer') return credential;
    throw refusal(credential.kind === 'rejected' ? credential.error : undefined);
  };
}

function refusal(cause: Error | undefined): PortcullisError {
  if (cause instanceof PortcullisError && cause.code !== 'UNAUTHENTICATED') {
    const { code, retryAfter } = cause;
    return new PortcullisError(code, 'The subject token cannot be checked at the moment.', {
      cause,
      details: DETAILS,
      ...(retryAfter !== null && { retryAfter }),
    });
  }
  return new PortcullisError(
    'UNAUTHENTICATED',
    'The subject token is not valid. The person has to sign in again.',
    {
      cause,
      details: DETAILS,
    },
  );
}
