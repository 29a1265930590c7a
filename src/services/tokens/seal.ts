import { createCipheriv, createDecipheriv } from 'node:crypto';

import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';

/**
 * Hands values to clients that they can neither read nor alter: cursors, challenges. AES-256-GCM (NIST SP 800-38D) over
 * JSON, the purpose bound in as associated data, base64url without padding (RFC 4648).
 */
export interface Sealer {
  /** `value` has to survive JSON. After `expiresAt` it opens no more. */
  seal(purpose: string, value: unknown, options?: { expiresAt?: Date }): string;
  /** The value, or undefined for whatever was not sealed here for this very purpose, or has expired. Never throws. */
  open(purpose: string, text: string): unknown;
}

export interface SealerDependencies {
  /** A secret of 32 bytes that all instances share and that serves nothing else. */
  readonly key: Uint8Array;
  readonly randomness: Randomness;
  readonly clock: Clock;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** No text that this service seals is longer; a longer one is not worth decoding. */
const MAX_TEXT_LENGTH = 16_384;

interface Envelope {
  readonly value: unknown;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Throws RangeError for a key of another length. */
export function createSealer({ key, randomness, clock }: SealerDependencies): Sealer {
  if (key.length !== KEY_BYTES) throw new RangeError(`A sealing key has ${KEY_BYTES} bytes.`);

  return {
    seal(purpose, value, { expiresAt } = {}) {
      const envelope: Envelope = { value, ...(expiresAt && { expiresAt: expiresAt.getTime() }) };
      const nonce = randomness.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(JSON.stringify(envelope), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },

    open(purpose, text) {
      const envelope = decrypt(key, purpose, text);
      if (envelope?.expiresAt !== undefined && envelope.expiresAt <= clock.now().getTime()) return undefined;
      return envelope?.value;
    },
  };
}

function decrypt(key: Uint8Array, purpose: string, text: string): Envelope | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64url and ignores spare bits, so that many texts decode alike: only one of them is ours.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) return undefined;
  const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString()) as Envelope;
  } catch {
    return undefined;
  }
}
