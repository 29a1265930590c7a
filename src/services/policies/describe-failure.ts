import { PolicyFilesError } from '../cedar/policy-files.js';
import { CedarPolicyError } from '../cedar/policy-statement.js';
import { describeRootCause } from '../describe-error.js';

/** What a log may know of why policies cannot be used. */
export interface FailureDescription {
  readonly error: string;
  readonly errorCode?: string | number;
  /** Whose texts are wrong. */
  readonly policies?: readonly string[];
  /** Where in the files: `file:line:column`. */
  readonly places?: readonly string[];
}

const PLACE = /^[^:]+:\d+:\d+(?=:)/;

/** Of what Cedar says only about which policies it is: it quotes their texts. */
export function describeFailure(error: unknown): FailureDescription {
  if (error instanceof CedarPolicyError) {
    return { error: error.name, policies: error.issues.map(({ policyId }) => policyId) };
  }
  if (error instanceof PolicyFilesError) {
    return { error: error.name, places: error.problems.flatMap((problem) => PLACE.exec(problem)?.[0] ?? []) };
  }
  const { type, code } = describeRootCause(error);
  return { error: type, ...(code !== undefined && { errorCode: code }) };
}
