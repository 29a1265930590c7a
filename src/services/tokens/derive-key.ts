import { hkdfSync } from 'node:crypto';

/**
 * A key of its own for each use of a shared one, 32 bytes (HKDF with SHA-256, RFC 5869), so that what is made
 * for one purpose tells nothing about another.
 */
export const deriveKey = (key: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `portcullis ${purpose}`, 32));
