import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** The source of randomness, injected wherever a secret, an identifier or a code is made. */
export interface Randomness {
  /** `length` random bytes. */
  bytes(length: number): Buffer;
  /** A random integer, `0 <= n < bound`, without modulo bias. */
  integer(bound: number): number;
  /** A random UUID, version 4 (RFC 9562). */
  uuid(): string;
}

/** Randomness from the operating system, through node:crypto. */
export const systemRandomness: Randomness = {
  bytes: (length) => randomBytes(length),
  integer: (bound) => randomInt(bound),
  uuid: () => randomUUID(),
};
