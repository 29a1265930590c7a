import { createHmac } from 'node:crypto';

import type { CognitoPool } from './pools.js';

/**
 * The proof of an app client's secret that goes with a user name: Base64(HMAC-SHA256(secret, username + clientId));
 * undefined for a client that has no secret.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 */
export function secretHash(pool: CognitoPool, username: string): string | undefined {
  if (pool.clientSecret === undefined) return undefined;
  return createHmac('sha256', pool.clientSecret).update(username).update(pool.clientId).digest('base64');
}
