import type { UserType } from '../users/user-store.js';

/** One user pool, and the app client by which this service signs people in. */
export interface CognitoPool {
  readonly userType: UserType;
  /** `<region>_<id>`. */
  readonly poolId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** The pool of each kind of people. */
export type CognitoPools = Readonly<Record<UserType, CognitoPool>>;

/**
 * What tokens of a pool carry as `iss`. It follows from the pool's id alone: an endpoint that points elsewhere changes
 * where keys are fetched, never who issued a token.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function issuerOf(poolId: string): string {
  const region = poolId.slice(0, poolId.lastIndexOf('_'));
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://cognito-idp.${region}.${domain}/${poolId}`;
}
