import { AWS_SDK_LOGGER } from './aws-sdk-logger.js';

/** How long AWS may take, in milliseconds. Cognito's own triggers may take five seconds each. */
export interface AwsPatience {
  readonly connectionTimeout: number;
  /** From the request to the beginning of its answer. */
  readonly requestTimeout: number;
  /** Without a byte, in the middle of an answer. */
  readonly socketTimeout: number;
}

const PATIENCE: AwsPatience = { connectionTimeout: 2_000, requestTimeout: 6_000, socketTimeout: 6_000 };

/**
 * The configuration of an SDK client that reaches AWS, or what stands in for it at `endpoint`. The SDK itself would wait
 * for an answer for ever, and try three times; whoever waits here is a person, or a gateway that gives up first.
 */
export const awsClient = (region: string, endpoint?: string, patience = PATIENCE) => ({
  region,
  ...(endpoint === undefined ? {} : { endpoint }),
  maxAttempts: 2,
  logger: AWS_SDK_LOGGER,
  requestHandler: { ...patience, throwOnRequestTimeout: true },
});
