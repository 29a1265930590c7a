import type { GraphQLResolveInfo } from 'graphql';

import type { RequestContext } from '../context.js';
import type { SignIn } from '../services/authentication/authentication.js';

/** Makes whoever just signed in the viewer of what is asked below the mutation. */
export function signedIn<Step extends SignIn>(
  step: Step,
  context: RequestContext,
  info: Pick<GraphQLResolveInfo, 'path'>,
): Step {
  if (step.kind === 'authenticated') context.signIn(info.path, step.viewer);
  return step;
}
