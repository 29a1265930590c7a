import { createAwsCallers, type AwsCallersDependencies } from './aws-callers.js';
import { createClientCallers, type ClientCallersDependencies } from './client-callers.js';
import { AWS_TOKEN_PREFIX } from './presigned-request.js';
import type { ServiceCaller } from './service-caller.js';

/** Tells services by what they send as a bearer token. */
export interface ServiceCallers {
  /**
   * Is this token to be judged as a service's? By its form and the client it names alone: one that is, is judged as nobody
   * else's, and one that is not never becomes a service's.
   */
  concerns(token: string): boolean;
  /**
   * Whose token it is; undefined where it is no good.
   *
   * @throws PortcullisError UNAUTHENTICATED where it is not genuine; UPSTREAM_UNAVAILABLE or UPSTREAM_THROTTLED where it
   * cannot be judged
   */
  callerOf(token: string): Promise<ServiceCaller | undefined>;
}

export interface ServiceCallersOptions extends ClientCallersDependencies {
  /** Undefined where no IAM principal is a service. */
  readonly iam?: Pick<AwsCallersDependencies, 'sts' | 'origins' | 'roles'> | undefined;
  readonly logger: AwsCallersDependencies['logger'];
}

export function createServiceCallers({
  iam,
  clock,
  logger,
  ...others
}: ServiceCallersOptions): ServiceCallers {
  const clients = createClientCallers({ ...others, clock });
  const aws = iam && createAwsCallers({ ...iam, clock, logger });
  return {
    concerns: (token) => token.startsWith(AWS_TOKEN_PREFIX) || clients.concerns(token),

    callerOf: async (token) =>
      token.startsWith(AWS_TOKEN_PREFIX) ? aws?.callerOf(token) : clients.callerOf(token),
  };
}
