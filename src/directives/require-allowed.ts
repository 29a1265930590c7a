import type { Decision } from '../services/authorization/decision.js';
import { whenKnown, type MaybePromise } from '../services/maybe-promise.js';
import { errorOfDenial } from './guard.js';
import { IDENTITY_TERMS } from './identity-terms.js';

/**
 * Resolves when all decisions allow.
 *
 * @throws PortcullisError (as a rejection) FORBIDDEN or AUTHORIZATION_UNAVAILABLE for the first that does not.
 */
export async function requireAllowed(decisions: readonly MaybePromise<Decision>[]): Promise<void> {
  await whenKnown(decisions, (known) => {
    for (const decision of known) {
      if (!decision.allowed) throw errorOfDenial(decision, IDENTITY_TERMS);
    }
  });
}
