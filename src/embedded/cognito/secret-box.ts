import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { sharedSecret } from '../../services/database/secret-store.js';
import type { Randomness } from '../../services/randomness.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what the database must keep and not know. */
export interface SecretBox {
  /** @param owner whom it belongs to: it opens for nobody else */
  seal(text: string, owner: string): Promise<Buffer>;
  /** @throws Error where it was sealed for another owner, or under a key that is gone */
  open(sealed: Buffer, owner: string): Promise<string>;
}

export interface SecretBoxOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** A key that is not in the database. Without one, the database keeps a key of its own. */
  readonly secretKey?: Uint8Array;
}

/**
 * AES-256-GCM: a nonce of 12 bytes, the tag, the ciphertext. What was sealed before there was a key outside the database
 * still opens.
 */
export function createSecretBox(options: SecretBoxOptions): SecretBox {
  const { db, randomness, secretKey } = options;
  const derive = (key: Uint8Array) =>
    Buffer.from(hkdfSync('sha256', key, '', 'portcullis embedded-cognito secrets', KEY_BYTES));
  const outer = secretKey && derive(secretKey);
  let inner: Buffer | undefined;
  const innerKey = async () =>
    (inner ??= derive(await sharedSecret(db, 'embedded-cognito-secrets', KEY_BYTES, options)));

  return {
    async seal(text, owner) {
      const nonce = randomness.bytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, outer ?? (await innerKey()), nonce);
      cipher.setAAD(Buffer.from(owner));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    },

    async open(sealed, owner) {
      const opened = outer && openWith(outer, sealed, owner);
      const text = opened ?? openWith(await innerKey(), sealed, owner);
      if (text === undefined) throw new Error('A stored secret does not open with SECRET_KEY.');
      return text;
    },
  };
}

function openWith(key: Buffer, sealed: Buffer, owner: string): string | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
