import type { JWK } from 'jose';

import type { ServiceDescription } from '../aws-json.js';
import { createClientCredentials } from './client-credentials.js';
import { createOperations } from './operations/index.js';
import { createCognitoServices, type CognitoEngineOptions } from './services.js';
import { toJwk } from './signing-keys.js';
import { createTokenEndpoint, type TokenEndpoint } from './token-endpoint.js';
import { issuerOf } from './token-issuer.js';

export type { CognitoEngineOptions } from './services.js';

export interface CognitoEngine {
  /** For `inProcessRequestHandler` and the HTTP listener. */
  readonly service: ServiceDescription;
  /** What `<issuer>/.well-known/jwks.json` serves; nothing for a pool that doesn't exist. */
  jwks(poolId: string): Promise<{ keys: JWK[] } | undefined>;
  /** What a POST to `/oauth2/token` is answered. */
  readonly tokenEndpoint: TokenEndpoint;
  /** The `iss` of a pool's tokens. */
  issuer(poolId: string): string;
}

/** Amazon Cognito's user pools on a database of one's own, answering on Cognito's wire protocol. */
export function createCognitoEngine(options: CognitoEngineOptions): CognitoEngine {
  const services = createCognitoServices(options);
  return {
    service: {
      targetPrefix: 'AWSCognitoIdentityProviderService',
      contentType: 'application/x-amz-json-1.1',
      dates: 'epoch-seconds',
      internalError: 'InternalErrorException',
      operations: createOperations(services),
      logger: options.logger,
      randomness: options.randomness,
    },

    async jwks(poolId) {
      const keys = await services.keys.of(poolId);
      return keys.length > 0 ? { keys: await Promise.all(keys.map(toJwk)) } : undefined;
    },

    tokenEndpoint: createTokenEndpoint(createClientCredentials(services)),

    issuer: (poolId) => issuerOf(options.region, poolId),
  };
}
