import { PortcullisError } from '../../errors.js';
import type { ServiceCallers } from '../service-callers/service-callers.js';
import { tokenRefused } from '../tokens/verify-claims.js';
import { bearerToken } from './bearer-token.js';
import type { Authenticate } from './credential.js';
import type { Credential } from './viewer.js';

/**
 * Judges credentials of services, and leaves all others to who judges people's: whatever is of a service's form is never
 * taken for a person's. It never rejects, as the other never does.
 */
export function createAuthenticateCaller(
  services: ServiceCallers,
  authenticatePerson: Authenticate,
): Authenticate {
  return async (authorization, ...more) => {
    const token = authorization === undefined ? undefined : bearerToken(authorization);
    if (token === undefined || !services.concerns(token)) return authenticatePerson(authorization, ...more);
    try {
      const service = await services.callerOf(token);
      return service ? { kind: 'service', service } : rejected(tokenRefused());
    } catch (error) {
      return rejected(error instanceof PortcullisError ? error : unavailable(error));
    }
  };
}

const rejected = (error: Error): Credential => ({ kind: 'rejected', error });

/** Whatever else fails says nothing about the credential. */
const unavailable = (cause: unknown) =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'The credential cannot be checked at the moment.', { cause });
