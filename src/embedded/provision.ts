import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import type { Logger } from '../services/logger.js';
import { provisionPolicyStore } from './provision-policies.js';
import type { PolicySet } from './provision-policies.js';
import { provisionPool } from './provision-pools.js';
import type { ProvisionedPools } from './provision-pools.js';

export interface ProvisionOptions {
  readonly cognito: CognitoIdentityProviderClient;
  readonly verifiedPermissions: VerifiedPermissionsClient;
  /** May still be read: making the pools' keys takes time, in which this thread has nothing else to do. */
  readonly policies: PolicySet | Promise<PolicySet>;
  readonly logger: Pick<Logger, 'info'>;
}

export interface Provisioned {
  readonly pools: ProvisionedPools;
  readonly policyStoreId: string;
}

/**
 * Makes what the service needs of Cognito and Verified Permissions, or finds it by its name. May be cut short at any
 * point and run again; only two runs at the same time are the caller's to prevent.
 *
 * @throws whatever the SDK throws, such as for a policy that the schema refuses
 */
export async function provisionEmbedded(options: ProvisionOptions): Promise<Provisioned> {
  const { cognito, verifiedPermissions, policies, logger } = options;
  const provisionStore = async () =>
    provisionPolicyStore({ client: verifiedPermissions, policies: await policies, logger });
  const [ADMIN, END_USER, policyStoreId] = await Promise.all([
    provisionPool(cognito, 'ADMIN'),
    provisionPool(cognito, 'END_USER'),
    provisionStore(),
  ]);
  return { pools: { ADMIN, END_USER }, policyStoreId };
}
