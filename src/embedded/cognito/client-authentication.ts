import type { AppClient } from './client-settings.js';
import { sameSecret, secretHashOf } from './digests.js';
import { notAuthorized } from './exceptions.js';

/**
 * Holds a SECRET_HASH against the client's secret. A client without a secret needs none.
 * @param usernames the names that the hash may have been made with
 * @throws NotAuthorizedException
 */
export function assertSecretHash(
  client: AppClient,
  usernames: readonly string[],
  given: string | undefined,
): void {
  const { id, secret } = client;
  if (secret === null) return;
  if (given === undefined) {
    throw notAuthorized(`Client ${id} is configured with secret but SECRET_HASH was not received`);
  }
  const right = usernames.some((username) => sameSecret(given, secretHashOf(secret, username, id)));
  if (!right) throw notAuthorized(`Unable to verify secret hash for client ${id}`);
}

/**
 * Holds a client secret, given in plain, against the client's own. A client without a secret needs none.
 * @throws NotAuthorizedException
 */
export function assertClientSecret({ id, secret }: AppClient, given: string | undefined): void {
  if (secret !== null && (given === undefined || !sameSecret(given, secret))) {
    throw notAuthorized(`Unable to verify secret for client ${id}`);
  }
}
