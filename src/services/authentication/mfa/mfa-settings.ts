import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError } from '../../../errors.js';
import type { ClientAddress } from '../../sessions/session.js';
import type { MfaMethod, MfaState, UserRecord, UserType } from '../../users/user-store.js';
import type { AuthenticationDependencies } from '../dependencies.js';
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
  /** Asks for none from now on. CONFLICT where the pool requires one. */
  readonly disable: (viewer: Viewer, proof: IdentityProof, address: ClientAddress) => Promise<void>;
}

export function createOwnMfa(
  { cognito, pools, users }: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'users'>,
  proveIdentity: ProveIdentity,
): OwnMfa {
  /** Where it is not known, the change is made: such a pool asks for a new factor at the next sign-in. */
  const requiresMfa = async (userType: UserType): Promise<boolean> => {
    const { poolId: UserPoolId } = pools[userType];
    const { UserPool } = await cognito('administration', (client) =>
      client.send(new DescribeUserPoolCommand({ UserPoolId })),
    ).catch(() => ({ UserPool: undefined }));
    return UserPool?.MfaConfiguration === 'ON';
  };

  return {
    async prefer(viewer, method, proof, address) {
      const person = await proveIdentity(viewer, proof, address);
      requireReachable(person, method);
      const change = users.changeMfa(viewer.userId, ({ enabled }) => {
        if (method === 'TOTP' && !enabled.includes('TOTP')) throw notSetUp('An authenticator is not set up.');
        return { enabled: [...new Set([...enabled, method])], preferred: method };
      });
      return change.catch(asNotOffered);
    },

    async disable(viewer, proof, address) {
      await proveIdentity(viewer, proof, address);
      if (await requiresMfa(viewer.userType)) {
        throw new PortcullisError(
          'CONFLICT',
          'A second factor is required here; set another one up instead.',
        );
      }
      await users.changeMfa(viewer.userId, () => ({ enabled: [], preferred: null }));
    },
  };
}

/** A code that goes where its owner does not read it would lock them out. */
function requireReachable(person: UserRecord, method: MfaMethod): void {
  if (method === 'SMS' && !person.phoneNumberVerified) throw notSetUp('The phone number is not verified.');
  if (method === 'EMAIL' && !person.emailVerified) throw notSetUp('The email address is not verified.');
}

/** Who may set it up has been made sure of: what Cognito refuses then is a factor that the pool does not have. */
function asNotOffered(error: unknown): never {
  const isRefusal = error instanceof PortcullisError && error.code === 'BAD_USER_INPUT' && error.cause;
  throw isRefusal ? notSetUp('This factor is not offered here.') : error;
}

const notSetUp = (message: string) => badUserInput(message, { argument: 'method' });
