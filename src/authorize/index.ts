export type { AuthorizeUsage, OnDenied } from '../directives/authorize.directive.js';
export type { GuardAnswer, TrialDenial } from '../directives/guard-context.js';
export type { ErrorCode } from '../errors.js';
export type { EntityUid } from '../services/authorization/question.js';
export { authorizeApolloPlugin, type AuthorizeApolloPlugin } from './apollo-plugin.js';
export { AuthorizationError } from './authorization-error.js';
export type { RequestCredential, RequestWithHeaders } from './caller.js';
export {
  clientCredentials,
  type ClientCredentialsOptions,
  type CredentialRequest,
  type ServiceCredential,
} from './client-credentials.js';
export { createDecisionClient, type DecisionClient, type DecisionClientOptions } from './decision-client.js';
export { DecisionFailure, type FailureKind } from './decision-failure.js';
export { enforceAuthorize, type EnforceAuthorizeOptions } from './enforce-authorize.js';
export { entity, type Facts, type FactValue } from './question.js';
export type { AskOptions, Authorizer } from './request-decisions.js';
export type { ResourceOptions, Resources } from './resources.js';
export {
  AUTHORIZE_SPEC_URL,
  authorize,
  authorizeDirective,
  authorizeExtensions,
  authorizeLink,
  authorizeTypeDefs,
} from './type-defs.js';
export { useAuthorize, type AuthorizePlugin } from './yoga-plugin.js';
