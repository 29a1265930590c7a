import { PortcullisError } from '../errors.js';
import { APPLICATION, qualifyType } from '../services/authorization/names.js';
import type { GuardContext } from './guard-context.js';
import type { GuardTerms } from './guard-terms.js';

/** The terms of the identity service itself, whose policies know people and sessions by themselves. */
export const IDENTITY_TERMS: GuardTerms = {
  qualifyType,
  application: APPLICATION,
  descriptionOf: () => undefined,
  guardContextOf: (resolverContext) => resolverContext as GuardContext,
  makeError: (code, message, options) => new PortcullisError(code, message, options),
};
