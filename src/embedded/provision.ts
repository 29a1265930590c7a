import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import { readPolicyFolder } from '../services/cedar/policy-files.js';
import type { Logger } from '../services/logger.js';
import { policiesFingerprint, type Provisioner } from './provision-memory.js';
import type { TokenLifetimes } from './provision-client.js';
import { provisionPolicyStore, type ProvisionedPolicyStore } from './provision-policies.js';
import { provisionPool, type MfaPlan, type ProvisionedPools } from './provision-pools.js';

export interface PolicyStoreOptions {
  readonly verifiedPermissions: VerifiedPermissionsClient;
  readonly policiesDir: string;
  readonly provisioner: Provisioner;
  readonly logger: Pick<Logger, 'info'>;
}

export interface ProvisionOptions extends PolicyStoreOptions {
  readonly cognito: CognitoIdentityProviderClient;
  readonly mfa: MfaPlan;
  readonly lifetimes: TokenLifetimes;
}

export interface Provisioned {
  readonly pools: ProvisionedPools;
  readonly policyStoreId: string;
  /** Whether the policy store was written to, of which nobody else knows yet. */
  readonly policiesChanged: boolean;
}

/** Raised when provisioning makes something else of the same: what an older edition made is then looked at again. */
const EDITION = 3;

/**
 * Makes what the service needs of Cognito and Verified Permissions, or finds it by its name. May be cut short at any
 * point and run again; only two runs at the same time are the caller's to prevent.
 *
 * @throws PolicyFilesError where the policies do not parse or validate
 * @throws whatever the SDK throws
 */
export async function provisionEmbedded(options: ProvisionOptions): Promise<Provisioned> {
  const [pools, { policyStoreId, hasChanged }] = await Promise.all([
    provisionPools(options),
    provisionPolicies(options),
  ]);
  return { pools, policyStoreId, policiesChanged: hasChanged };
}

/**
 * The part that is the same for every installation and holds no secret, so that the build can do it ahead.
 *
 * @throws as `provisionEmbedded`
 */
export async function provisionPolicies({
  verifiedPermissions: client,
  policiesDir,
  provisioner,
  logger,
}: PolicyStoreOptions): Promise<ProvisionedPolicyStore> {
  // What is remembered was changed by somebody before.
  let hasChanged = false;
  const policyStoreId = await provisioner({
    name: 'provisioned-policies',
    fingerprint: `${EDITION} ${await policiesFingerprint(policiesDir)}`,
    async provision() {
      const store = await provisionPolicyStore({
        client,
        policies: await readPolicyFolder(policiesDir),
        logger,
      });
      hasChanged = store.hasChanged;
      return store.policyStoreId;
    },
  });
  return { policyStoreId, hasChanged };
}

const provisionPools = ({
  cognito,
  mfa,
  lifetimes,
  provisioner,
}: ProvisionOptions): Promise<ProvisionedPools> =>
  provisioner({
    name: 'provisioned-pools',
    fingerprint: `${EDITION} ${JSON.stringify({ mfa, lifetimes })}`,
    provision: async () => {
      const [ADMIN, END_USER] = await Promise.all([
        provisionPool(cognito, 'ADMIN', mfa, lifetimes),
        provisionPool(cognito, 'END_USER', mfa, lifetimes),
      ]);
      return { ADMIN, END_USER };
    },
  });
