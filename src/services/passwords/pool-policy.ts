import {
  DescribeUserPoolCommand,
  type CognitoIdentityProviderClient,
  type PasswordPolicyType,
} from '@aws-sdk/client-cognito-identity-provider';

import { createRefreshingValue } from '../authorization/refreshing-value.js';
import type { Clock } from '../clock.js';
import type { CognitoPools } from '../cognito/pools.js';
import type { Logger } from '../logger.js';
import { USER_TYPES, type UserType } from '../users/user-store.js';
import { lengthOf } from '../users/input-bounds.js';
import { broken, type BrokenRule } from './broken-rule.js';

/** What the pool of a kind of people asks of passwords; undefined where that may not or cannot be read. Never rejects. */
export type PolicyOf = (userType: UserType) => Promise<PasswordPolicyType | undefined>;

const LIFETIME_MS = 5 * 60_000;
const RETRY_MS = 5 * 60_000;

/**
 * Reads the policies with DescribeUserPool, which the service may not be allowed to do: Cognito then judges alone, by its own
 * word, one rule at a time.
 */
export function createPolicyOf({
  client,
  pools,
  clock,
  logger,
}: {
  readonly client: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly pools: CognitoPools;
  readonly clock: Clock;
  readonly logger: Logger;
}): PolicyOf {
  const read = async (UserPoolId: string): Promise<PasswordPolicyType> => {
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
    return UserPool?.Policies?.PasswordPolicy ?? {};
  };
  const policies = new Map(
    USER_TYPES.map((userType) => [
      userType,
      createRefreshingValue({
        read: () => read(pools[userType].poolId),
        clock,
        lifetime: LIFETIME_MS,
        retryAfter: RETRY_MS,
        onFailure: (error) =>
          logger.warn({ err: error, userType }, "A pool's password policy could not be read."),
      }),
    ]),
  );
  return (userType) =>
    policies
      .get(userType)
      ?.get()
      .catch(() => undefined) ?? Promise.resolve(undefined);
}

/**
 * The rules of a policy that a password breaks, all of them. A space within counts as a symbol.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
 */
export function policyBreaches(policy: PasswordPolicyType, password: string): BrokenRule[] {
  const { MinimumLength: minimum = 0 } = policy;
  const lacks = (required: boolean | undefined, kind: RegExp) => required === true && !kind.test(password);
  return [
    ...(lengthOf(password) < minimum ? [broken('LENGTH', `have at least ${minimum} characters`)] : []),
    ...(lacks(policy.RequireUppercase, /[A-Z]/) ? [broken('UPPERCASE')] : []),
    ...(lacks(policy.RequireLowercase, /[a-z]/) ? [broken('LOWERCASE')] : []),
    ...(lacks(policy.RequireNumbers, /[0-9]/) ? [broken('NUMBER')] : []),
    ...(lacks(policy.RequireSymbols, /[ ^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/) ? [broken('SYMBOL')] : []),
  ];
}
