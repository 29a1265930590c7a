import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import type { Logger } from '../logger.js';
import { translateCognitoError, type CognitoPurpose } from './cognito-errors.js';

/** Runs calls of the SDK so that each failure comes out as a PortcullisError. */
export type CognitoCalls = <Output>(
  purpose: CognitoPurpose,
  run: (client: CognitoIdentityProviderClient) => Promise<Output>,
) => Promise<Output>;

/** Failures that the operator has to see (outages, missing pools, bad credentials) are logged as they pass. */
export function createCognitoCalls(client: CognitoIdentityProviderClient, logger: Logger): CognitoCalls {
  return async (purpose, run) => {
    try {
      return await run(client);
    } catch (error) {
      const translated = translateCognitoError(purpose, error);
      if (translated.code === 'UPSTREAM_UNAVAILABLE') {
        logger.error({ purpose, err: error }, 'A call to Cognito failed.');
      }
      throw translated;
    }
  };
}
