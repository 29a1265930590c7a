import {
  AdminGetUserCommand,
  TooManyRequestsException,
  UserNotFoundException,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetSchemaCommand,
  ResourceNotFoundException,
  ThrottlingException,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';

import type { Cache } from '../cache/cache.js';
import type { CognitoPools } from '../cognito/pools.js';
import type { Database } from '../database/database.js';
import type { PolicyKeeper } from '../policies/policy-keeper.js';
import type { Dependency } from './dependency.js';

export interface DependencyParts {
  readonly database: Pick<Database, 'ping'>;
  readonly cache: Pick<Cache, 'ping'>;
  readonly cognito: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly pools: CognitoPools;
  /** What decisions are made by, and what they are compared with. */
  readonly policies: readonly Dependency[];
}

/** What is ours to ask may be asked once a second; calls of AWS come off quotas that requests need. */
const OWN_MS = 1_000;
const AWS_MS = 10_000;

/** Shaped like the id of a person, and nobody's. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * What the service works with. Without the database no session can be found, without the pools no viewer be read, and without
 * the policy store every guarded field is closed. Without the cache all is read from where it is kept.
 */
export function dependenciesOf(parts: DependencyParts): readonly Dependency[] {
  const { database, cache, cognito, pools, policies } = parts;
  return [
    { name: 'database', isEssential: true, goodForMs: OWN_MS, check: () => database.ping() },
    { name: 'cache', isEssential: false, goodForMs: OWN_MS, check: () => cache.ping() },
    {
      name: 'pools',
      isEssential: true,
      goodForMs: AWS_MS,
      check: (abortSignal) =>
        Promise.all(Object.values(pools).map(({ poolId }) => askForNobody(cognito, poolId, abortSignal))),
    },
    ...policies,
  ];
}

/**
 * A policy store that is asked for decisions. While its decisions fail and it is there all the same it is `failing`: to have
 * one instance less would help nobody, since the others ask the same store.
 */
export const policyStoreDependency = (
  verifiedPermissions: Pick<VerifiedPermissionsClient, 'send'>,
  policyStoreId: string,
  isFailing: () => Promise<boolean>,
): Dependency => ({
  name: 'policies',
  isEssential: true,
  goodForMs: AWS_MS,
  async check(abortSignal) {
    await askForSchema(verifiedPermissions, policyStoreId, abortSignal);
    return (await isFailing()) ? 'failing' : 'up';
  },
});

/** Policies that decide in this process. */
export const keptPoliciesDependency = ({ freshness }: Pick<PolicyKeeper, 'freshness'>): Dependency => ({
  name: 'policies',
  isEssential: true,
  goodForMs: OWN_MS,
  async check() {
    const known = freshness();
    if (known === 'none') throw new Error('No policies could be read yet.');
    return known;
  },
});

/** The policies of an engine whose decisions are only compared: nobody's request fails without them. */
export const comparedPoliciesDependency = (policies: Dependency): Dependency => ({
  ...policies,
  name: 'comparedPolicies',
  isEssential: false,
});

/** The call that every request with a viewer depends on, with the permission that it needs. Nobody's data travels. */
async function askForNobody(
  cognito: DependencyParts['cognito'],
  poolId: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new AdminGetUserCommand({ UserPoolId: poolId, Username: NOBODY });
  await cognito.send(command, { abortSignal }).catch(unless(UserNotFoundException, TooManyRequestsException));
}

/** Costs nothing, unlike a decision. A store need not have a schema. */
async function askForSchema(
  verifiedPermissions: Pick<VerifiedPermissionsClient, 'send'>,
  policyStoreId: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const command = new GetSchemaCommand({ policyStoreId });
  await verifiedPermissions.send(command, { abortSignal }).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException && error.resourceType === 'SCHEMA') return;
    unless(ThrottlingException)(error);
  });
}

/** Throws on, but for these: whoever says so is there, and who is throttled is not helped by having one instance less. */
const unless =
  (...answers: readonly (new (...details: never[]) => Error)[]) =>
  (error: unknown): void => {
    if (!answers.some((answer) => error instanceof answer)) throw error;
  };
