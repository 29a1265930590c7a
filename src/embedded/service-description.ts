import type { Logger } from '../services/logger.js';
import type { Randomness } from '../services/randomness.js';

/** What an operation may know of its call besides the input. */
export interface OperationRequest {
  /** The id that the answer carries as `x-amzn-RequestId`. */
  readonly requestId: string;
}

/**
 * One operation, typed by the SDK's own command types:
 * `const getUser: OperationHandler<GetUserCommandInput, GetUserCommandOutput>`.
 * The input comes from the wire as it was sent, so a handler checks it before it believes the type.
 */
export type OperationHandler<Input, Output> = (
  input: Input,
  request: OperationRequest,
) => Promise<Omit<Output, '$metadata'>>;

/** Every operation of a service, under the name that `X-Amz-Target` carries. */
export type Operations = Readonly<Record<string, OperationHandler<never, object>>>;

/** What the protocol needs to know of a service in order to answer for it. */
export interface ServiceDescription {
  readonly targetPrefix: 'AWSCognitoIdentityProviderService' | 'VerifiedPermissions';
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  /** How this service writes a Date. */
  readonly dates: 'epoch-seconds' | 'iso-8601';
  /** The name of the exception that hides an unexpected fault. */
  readonly internalError: 'InternalErrorException' | 'InternalServerException';
  readonly operations: Operations;
  readonly logger: Pick<Logger, 'error'>;
  readonly randomness: Pick<Randomness, 'uuid'>;
}
