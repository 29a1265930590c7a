import { badUserInput } from '../../../errors.js';
import type { ClientAddress } from '../../sessions/session.js';
import type { MfaMethod, MfaState, UserRecord, UserStore } from '../../users/user-store.js';
import type { IdentityProof, ProveIdentity } from '../prove-identity.js';
import type { Viewer } from '../viewer.js';

/** How the viewer's own sign-ins ask for a second factor. Both need a proof of identity. */
export interface OwnMfa {
  /** Asks for this factor from now on, before the others that are set up. BAD_USER_INPUT where it is not set up. */
  readonly prefer: (
    viewer: Viewer,
    method: MfaMethod,
    proof: IdentityProof,
    address: ClientAddress,
  ) => Promise<MfaState>;
  /** Asks for none from now on. */
  readonly disable: (viewer: Viewer, proof: IdentityProof, address: ClientAddress) => Promise<void>;
}

export function createOwnMfa(
  { users }: { readonly users: Pick<UserStore, 'changeMfa'> },
  proveIdentity: ProveIdentity,
): OwnMfa {
  return {
    async prefer(viewer, method, proof, address) {
      const person = await proveIdentity(viewer, proof, address);
      requireReachable(person, method);
      return users.changeMfa(viewer.userId, ({ enabled }) => {
        if (method === 'TOTP' && !enabled.includes('TOTP')) throw notSetUp('An authenticator is not set up.');
        return { enabled: [...new Set([...enabled, method])], preferred: method };
      });
    },

    async disable(viewer, proof, address) {
      await proveIdentity(viewer, proof, address);
      await users.changeMfa(viewer.userId, () => ({ enabled: [], preferred: null }));
    },
  };
}

/** A code that goes where its owner does not read it would lock them out. */
function requireReachable(person: UserRecord, method: MfaMethod): void {
  if (method === 'SMS' && !person.phoneNumberVerified) throw notSetUp('The phone number is not verified.');
  if (method === 'EMAIL' && !person.emailVerified) throw notSetUp('The email address is not verified.');
}

const notSetUp = (message: string) => badUserInput(message, { argument: 'method' });
