import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';

import { newTotpSecret, stepOf } from '../../../../src/embedded/cognito/totp.js';
import { systemRandomness } from '../../../../src/services/randomness.js';

const STEP = 30_000;
const codeAt = (secret: string, step: number) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: step * STEP });

/** A secret that never gives the same code twice within a few steps, so that a code says which step it is of. */
const secretAndStep = fc
  .tuple(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.integer({ min: 10, max: 100_000_000 }))
  .map(([bytes, step]) => ({ secret: new Secret({ buffer: bytes.slice().buffer }).base32, step }))
  .filter(({ secret, step }) => {
    const codes = Array.from({ length: 13 }, (_, index) => codeAt(secret, step - 6 + index));
    return new Set(codes).size === codes.length;
  });

describe('stepOf', () => {
  // RFC 6238, appendix B, the last six of its eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('knows the code of second %i in the RFC', (second, code) => {
    const secret = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32;
    expect(stepOf(secret, code, new Date(second * 1_000))).toBe(Math.floor(second / 30));
  });

  it('takes the codes of the present step and of one step either way, at any moment of it', () => {
    fc.assert(
      fc.property(
        secretAndStep,
        fc.integer({ min: -6, max: 6 }),
        fc.integer({ min: 0, max: STEP - 1 }),
        ({ secret, step }, offset, moment) => {
          const found = stepOf(secret, codeAt(secret, step + offset), new Date(step * STEP + moment));
          expect(found).toBe(Math.abs(offset) <= 1 ? step + offset : undefined);
        },
      ),
    );
  });

  it('takes nothing that is not six digits', () => {
    const secret = newTotpSecret(systemRandomness);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/^\d{6}$/.test(text)),
        (text) => {
          expect(stepOf(secret, text, new Date(0))).toBeUndefined();
        },
      ),
    );
  });
});

it('a new secret has 160 bits of its own', () => {
  const secrets = Array.from({ length: 20 }, () => newTotpSecret(systemRandomness));
  expect(new Set(secrets).size).toBe(20);
  for (const secret of secrets) expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
});
