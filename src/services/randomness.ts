import { generateKeyPair, randomBytes, randomInt, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The source of randomness, injected wherever a secret, an identifier or a code is made. */
export interface Randomness {
  /** `length` random bytes. */
  bytes(length: number): Buffer;
  /** A random integer, `0 <= n < bound`, without modulo bias. */
  integer(bound: number): number;
  /** A random UUID, version 4 (RFC 9562). */
  uuid(): string;
  /** A private RSA key of 2,048 bits. Takes a third of a second, in another thread. */
  rsaKey(): Promise<KeyObject>;
}

/** Randomness from the operating system, through node:crypto. */
export const systemRandomness: Randomness = {
  bytes: (length) => randomBytes(length),
  integer: (bound) => randomInt(bound),
  uuid: () => randomUUID(),
  rsaKey: async () => (await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })).privateKey,
};
