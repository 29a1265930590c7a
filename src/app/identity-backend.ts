import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import type { AwsIdentityConfig, Config } from '../config.js';
import { embeddedServices } from '../embedded/embedded-services.js';
import { startEmbedded, type Embedded } from '../embedded/start-embedded.js';
import { awsClient } from '../services/aws-client.js';
import type { CallsPerSecond } from '../services/authorization/avp-calls.js';
import type { CognitoPools } from '../services/cognito/pools.js';
import type { ReadsPerSecond } from '../services/cognito/read-budget.js';
import type { Database } from '../services/database/database.js';
import { ATTEMPT_RULES } from '../services/rate-limiting/attempt-rules.js';
import { createIamProof } from '../services/service-callers/iam-proof.js';
import { AUDIENCE_HEADER } from '../services/service-callers/presigned-request.js';
import type { ServiceCallersOptions } from '../services/service-callers/service-callers.js';
import { createHttpsJwksSource } from '../services/tokens/https-jwks-source.js';
import type { JwksSource } from '../services/tokens/jwks-source.js';
import type { Foundations } from './foundations.js';

/** Where people live and policies decide: the same clients, whoever answers them. */
export interface IdentityBackend {
  readonly cognito: CognitoIdentityProviderClient;
  readonly verifiedPermissions: VerifiedPermissionsClient;
  /** The same for who decides, and repeats calls as it sees fit. */
  readonly deciding: VerifiedPermissionsClient;
  /** Where quotas and prices bind: how many calls a second decide, and how many questions are asked one by one. */
  readonly callLimits?: { readonly callsPerSecond: CallsPerSecond; readonly singlesUpTo: number };
  readonly pools: CognitoPools;
  /** Undefined where no store has a part in decisions. */
  readonly policyStoreId?: string;
  /** Where quotas bind. */
  readonly readsPerSecond?: ReadsPerSecond;
  readonly jwks: JwksSource;
  /** Which services there are, and how they prove themselves. */
  readonly services: Pick<ServiceCallersOptions, 'clients' | 'iam'>;
  readonly embedded?: Embedded;
}

/** Embedded or at AWS, as the configuration says. */
export async function openBackend(
  config: Config,
  database: Database,
  foundations: Foundations,
): Promise<IdentityBackend> {
  if (config.identity.mode === 'aws') return awsBackend(config.identity);
  const embedded = await startEmbedded({
    ...foundations,
    ...config.identity,
    database,
    policiesDir: config.policiesDir,
    dataDir: config.dataDir,
    development: config.environment === 'development',
    isShared: false,
    lifetimes: config.sessions,
    // This service counts failures itself, and by whence they come: nobody else signs in here.
    lockingFailure: ATTEMPT_RULES.lockingAnywhere + ATTEMPT_RULES.lockMs.length,
    ...(config.secretKey && { secretKey: config.secretKey }),
  });
  return {
    ...embedded,
    embedded,
    deciding: embedded.verifiedPermissions,
    pools: {
      ADMIN: { userType: 'ADMIN', ...embedded.pools.ADMIN },
      END_USER: { userType: 'END_USER', ...embedded.pools.END_USER },
    },
    jwks: async (issuer) => {
      const keys = await embedded.cognitoEngine.jwks(issuer.slice(issuer.lastIndexOf('/') + 1));
      if (keys === undefined) throw new Error(`The embedded Cognito has no pool ${issuer}.`);
      return keys;
    },
    services: embeddedServices(embedded, AUDIENCE_HEADER),
  };
}

function awsBackend(identity: AwsIdentityConfig): IdentityBackend {
  const { region, pools, policyStoreId, readsPerSecond, cognitoEndpoint, avpEndpoint } = identity;
  const { clients, iam } = identity.services;
  const verifiedPermissions = awsClient(region, avpEndpoint);
  return {
    cognito: new CognitoIdentityProviderClient(awsClient(region, cognitoEndpoint)),
    verifiedPermissions: new VerifiedPermissionsClient(verifiedPermissions),
    deciding: new VerifiedPermissionsClient({ ...verifiedPermissions, maxAttempts: 1 }),
    callLimits: identity.decisions,
    pools: {
      ADMIN: { userType: 'ADMIN', ...pools.ADMIN },
      END_USER: { userType: 'END_USER', ...pools.END_USER },
    },
    ...(policyStoreId !== undefined && { policyStoreId }),
    readsPerSecond,
    jwks: createHttpsJwksSource(cognitoEndpoint === undefined ? {} : { endpoint: cognitoEndpoint }),
    services: { clients, iam: iam && createIamProof(region, iam) },
  };
}
