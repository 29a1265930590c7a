import type { AwsCallersDependencies } from './aws-callers.js';
import { createHttpsSts } from './https-sts.js';

export interface IamProofOptions {
  /** Services by the canonical ARN of their role or user. */
  readonly roles: ReadonlyMap<string, string>;
  /** What this service is called in what they sign. */
  readonly audience: string;
  /** Where STS answers, when not at AWS's own hosts. */
  readonly stsEndpoint?: string;
}

/** How IAM principals prove themselves to a service in this Region. */
export const createIamProof = (
  region: string,
  { roles, audience, stsEndpoint }: IamProofOptions,
): Pick<AwsCallersDependencies, 'roles' | 'origins' | 'sts'> => ({
  roles,
  origins: stsEndpoint === undefined ? stsOrigins(region) : [new URL(stsEndpoint).origin],
  sts: createHttpsSts({ audience }),
});

/**
 * Where STS answers for those who call services of a Region: there, and at the global endpoint, which only the largest
 * partition has.
 * https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export function stsOrigins(region: string): readonly string[] {
  if (region.startsWith('cn-')) return [`https://sts.${region}.amazonaws.com.cn`];
  const regional = `https://sts.${region}.amazonaws.com`;
  return /^us-(gov|iso)/.test(region) ? [regional] : [regional, 'https://sts.amazonaws.com'];
}
