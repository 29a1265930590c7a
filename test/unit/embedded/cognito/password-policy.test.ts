import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  assertPasswordConforms,
  generateTemporaryPassword,
  passwordPolicySchema,
  temporaryPasswordExpiry,
} from '../../../../src/embedded/cognito/password-policy.js';
import { systemRandomness } from '../../../../src/services/randomness.js';

const policies = fc
  .record({
    MinimumLength: fc.integer({ min: 6, max: 99 }),
    RequireUppercase: fc.boolean(),
    RequireLowercase: fc.boolean(),
    RequireNumbers: fc.boolean(),
    RequireSymbols: fc.boolean(),
  })
  .map((policy) => passwordPolicySchema.parse(policy));

const conforms = (policy: ReturnType<typeof passwordPolicySchema.parse>, password: string) => {
  try {
    assertPasswordConforms(policy, password);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'InvalidPasswordException' });
    return false;
  }
};

describe('the password policy', () => {
  it('has the defaults of Cognito', () => {
    expect(passwordPolicySchema.parse({})).toEqual({
      MinimumLength: 8,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    });
  });

  it('is kept by every temporary password that is generated', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(conforms(policy, generateTemporaryPassword(policy, systemRandomness))).toBe(true);
      }),
    );
  });

  it('is broken by whatever is too short, too long, or begins or ends with whitespace', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const password = generateTemporaryPassword(policy, systemRandomness);
        expect(conforms(policy, password.slice(0, policy.MinimumLength - 1))).toBe(false);
        expect(conforms(policy, password.padEnd(257, 'x'))).toBe(false);
        expect(conforms(policy, `${password} `)).toBe(false);
        expect(conforms(policy, `\u3000${password}`)).toBe(false);
      }),
    );
  });

  it('asks for exactly the kinds that it requires', () => {
    fc.assert(
      fc.property(
        policies,
        fc.string({ unit: fc.constantFrom('a', 'B', '1', '-'), minLength: 99 }),
        (policy, password) => {
          const has = {
            a: password.includes('a'),
            B: password.includes('B'),
            1: password.includes('1'),
            '-': password.includes('-'),
          };
          const expected =
            (has.a || !policy.RequireLowercase) &&
            (has.B || !policy.RequireUppercase) &&
            (has[1] || !policy.RequireNumbers) &&
            (has['-'] || !policy.RequireSymbols);
          expect(conforms(policy, password)).toBe(expected);
        },
      ),
    );
  });

  it('counts characters, of any script, and a space within as a symbol', () => {
    const policy = passwordPolicySchema.parse({ MinimumLength: 12 });
    const length = { ...policy, RequireUppercase: false, RequireNumbers: false, RequireSymbols: false };
    expect(conforms({ ...length, RequireLowercase: false }, '🐎'.repeat(11))).toBe(false);
    expect(conforms({ ...length, RequireLowercase: false }, '🐎'.repeat(256))).toBe(true);
    expect(conforms(policy, 'Correct Horse 9')).toBe(true);
    expect(conforms(policy, 'Correct\u00a0Horse\u00a09')).toBe(false);
    expect(conforms(policy, 'Zoë-王小明-9-e\u0301')).toBe(true);
    expect(conforms(policy, 'ÄÖÜ-äöü-٣٣٣-é')).toBe(false);
  });

  it('lets a temporary password live for its days', () => {
    const policy = passwordPolicySchema.parse({ TemporaryPasswordValidityDays: 2 });
    expect(temporaryPasswordExpiry(policy, new Date('2026-01-01T00:00:00Z'))).toEqual(
      new Date('2026-01-03T00:00:00Z'),
    );
  });
});
