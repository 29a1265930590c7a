import { PortcullisError } from '../../errors.js';
import type { ClientAddress } from '../sessions/session.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { IdentityProof, ProveIdentity } from './prove-identity.js';
import type { Viewer } from './viewer.js';

export type DeleteMe = (viewer: Viewer, proof: IdentityProof, address: ClientAddress) => Promise<void>;

/**
 * Deletes the viewer's own account for good. It needs a proof of identity, and all sessions have ended when it returns.
 * CONFLICT for the last administrator. Of two who do it at once, both have done it.
 */
export function createDeleteMe(
  { accounts }: Pick<AuthenticationDependencies, 'accounts'>,
  proveIdentity: ProveIdentity,
): DeleteMe {
  return async (viewer, proof, address) => {
    await proveIdentity(viewer, proof, address);
    try {
      await accounts.deleteUser(viewer.userId);
    } catch (error) {
      if (!(error instanceof PortcullisError && error.code === 'NOT_FOUND')) throw error;
    }
  };
}
