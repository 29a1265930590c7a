import { AWS_SDK_LOGGER } from '../services/aws-sdk-logger.js';
import { inProcessRequestHandler } from './aws-json.js';
import type { ServiceDescription } from './service-description.js';

/** Any Region does: it shapes the ids of pools and the issuer of tokens. */
export const EMBEDDED_REGION = 'us-east-1';

const NOBODYS_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

/** The configuration of an SDK client that an engine answers in this process. */
export const inProcessClient = (service: ServiceDescription) => ({
  region: EMBEDDED_REGION,
  credentials: NOBODYS_CREDENTIALS,
  // There is no network to lose an answer: what failed would fail again, and its caller wait that much longer.
  maxAttempts: 1,
  logger: AWS_SDK_LOGGER,
  requestHandler: inProcessRequestHandler(service),
});
