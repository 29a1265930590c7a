import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** SHA-256 of texts, each length-prefixed so that no two lists run together. */
export function digest(...texts: string[]): Buffer {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest();
}

/** Whether two secrets are the same, in a time that depends on neither. */
export const sameSecret = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));

/**
 * The SECRET_HASH by which a client shows that it knows its secret: Base64(HMAC-SHA256(secret, username + clientId)).
 * https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 */
export const secretHashOf = (secret: string, username: string, clientId: string) =>
  createHmac('sha256', secret)
    .update(username + clientId)
    .digest('base64');
