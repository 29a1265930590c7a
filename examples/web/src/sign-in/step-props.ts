import type { SignInStepFragment } from '../operations/generated.js';

/** What the page of one step of a sign-in gets. */
export interface StepProps<Name extends SignInStepFragment['__typename']> {
  readonly step: Extract<SignInStepFragment, { __typename: Name }>;
  /** Goes on with what was answered. */
  readonly onNext: (next: SignInStepFragment) => void;
}
