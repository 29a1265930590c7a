import { EMBEDDED_AUDIENCE } from '../embedded/embedded-services.js';
import type { ProvisionedPools } from '../embedded/provision-pools.js';
import { adminMfaNotice } from './banner.js';
import type { SeededServices } from '../embedded/seed-services.js';

export interface EmbeddedBannerFacts {
  readonly cognitoUrl: string;
  readonly verifiedPermissionsUrl: string;
  readonly stsUrl?: string | undefined;
  readonly region: string;
  readonly pools: ProvisionedPools;
  readonly policyStoreId: string;
  /** Where data is kept. */
  readonly dataLocation: string;
  readonly credentialsPath?: string | undefined;
  readonly seededServices?: SeededServices;
  readonly startedInMs: number;
  readonly adminMfa: 'required' | 'optional';
  readonly development: boolean;
}

/** What `npm run embedded` prints once it answers: the addresses, and the environment of a service that uses them. */
export function embeddedBanner(facts: EmbeddedBannerFacts): string {
  const { cognitoUrl, verifiedPermissionsUrl, pools, stsUrl, seededServices } = facts;
  const services = seededServices?.services ?? [];
  const environment = {
    AWS_REGION: facts.region,
    // Whoever signs a request, the engines take it: the SDK only insists that somebody does.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    COGNITO_ENDPOINT: cognitoUrl,
    COGNITO_END_USER_POOL_ID: pools.END_USER.poolId,
    COGNITO_END_USER_CLIENT_ID: pools.END_USER.clientId,
    COGNITO_ADMIN_POOL_ID: pools.ADMIN.poolId,
    COGNITO_ADMIN_CLIENT_ID: pools.ADMIN.clientId,
    AVP_ENDPOINT: verifiedPermissionsUrl,
    AVP_POLICY_STORE_ID: facts.policyStoreId,
    ...(services.length > 0 && {
      SERVICE_CLIENTS: services.map(({ clientId, name }) => `${clientId}=${name}`).join(),
      SERVICE_ROLES: services.map(({ arn, name }) => `${arn}=${name}`).join(),
      SERVICE_AUDIENCE: EMBEDDED_AUDIENCE,
    }),
    ...(services.length > 0 && stsUrl !== undefined && { STS_ENDPOINT: stsUrl }),
  };
  return [
    '',
    `Embedded Cognito ready on ${cognitoUrl}, embedded Verified Permissions ready on ${verifiedPermissionsUrl}${
      stsUrl === undefined ? '' : `, embedded STS ready on ${stsUrl}`
    }`,
    `  Data        ${facts.dataLocation}`,
    ...(facts.credentialsPath === undefined ? [] : [`  Passwords   ${facts.credentialsPath}`]),
    ...(facts.adminMfa === 'optional' ? [`  MFA         ${adminMfaNotice(facts)}`] : []),
    ...(seededServices?.credentialsPath === undefined
      ? []
      : [`  Services    ${seededServices.credentialsPath}`]),
    `  Started in  ${(facts.startedInMs / 1000).toFixed(2)} s`,
    '',
    '# The environment of a service that uses them:',
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    '',
  ].join('\n');
}
