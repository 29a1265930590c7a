import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';

import type { InProcessRequestHandler } from '../../src/embedded/aws-json.js';

/** An SDK client that `requestHandler` answers and that tries once. */
export const verifiedPermissionsClient = (requestHandler: InProcessRequestHandler) =>
  new VerifiedPermissionsClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler,
    maxAttempts: 1,
  });
