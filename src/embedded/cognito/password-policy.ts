import { z } from 'zod';

import type { Randomness } from '../../services/randomness.js';
import { invalidPassword } from './exceptions.js';
import { randomText } from './identifiers.js';

/**
 * What a pool asks of passwords; the defaults are Cognito's.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html
 */
export const passwordPolicySchema = z.object({
  MinimumLength: z.int().min(6).max(99).default(8),
  RequireUppercase: z.boolean().default(true),
  RequireLowercase: z.boolean().default(true),
  RequireNumbers: z.boolean().default(true),
  RequireSymbols: z.boolean().default(true),
  TemporaryPasswordValidityDays: z.int().min(0).max(365).default(7),
  /** How many of the last passwords, the present one among them, may not be chosen again; none where it is left out. */
  PasswordHistorySize: z
    .int()
    .min(0)
    .max(24)
    .transform((size) => size || undefined)
    .optional(),
});

export type PasswordPolicy = z.output<typeof passwordPolicySchema>;

const LONGEST = 256;

/** The kinds of characters that a policy may ask for. */
const KINDS = [
  { rule: 'RequireLowercase', name: 'lowercase', pattern: /[a-z]/, alphabet: 'abcdefghijkmnopqrstuvwxyz' },
  { rule: 'RequireUppercase', name: 'uppercase', pattern: /[A-Z]/, alphabet: 'ABCDEFGHJKLMNPQRSTUVWXYZ' },
  { rule: 'RequireNumbers', name: 'numeric', pattern: /[0-9]/, alphabet: '23456789' },
  {
    rule: 'RequireSymbols',
    name: 'symbol',
    // A space that is neither the first nor the last character counts; others are refused.
    pattern: /[ ^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/,
    alphabet: '!#%+-=?@_',
  },
] as const;

/** @throws InvalidPasswordException saying which rule the password breaks */
export function assertPasswordConforms(policy: PasswordPolicy, password: string): void {
  const fault = findFault(policy, password);
  if (fault) throw invalidPassword(`Password did not conform with policy: ${fault}`);
}

function findFault(policy: PasswordPolicy, password: string): string | undefined {
  const { length } = [...password];
  if (length < policy.MinimumLength) return 'Password not long enough';
  if (length > LONGEST) return 'Password too long';
  if (password !== password.trim()) return 'Password must not begin or end with whitespace';
  const missing = KINDS.find(({ rule, pattern }) => policy[rule] && !pattern.test(password));
  return missing && `Password must have ${missing.name} characters`;
}

/** A password that keeps the policy, of every kind of character, and no two that are easily taken for each other. */
export function generateTemporaryPassword(policy: PasswordPolicy, randomness: Randomness): string {
  const everything = KINDS.map(({ alphabet }) => alphabet).join('');
  const length = Math.max(policy.MinimumLength, 16);
  const characters = [
    ...KINDS.map(({ alphabet }) => randomText(randomness, alphabet, 1)),
    ...randomText(randomness, everything, length - KINDS.length),
  ];
  return shuffled(characters, randomness).join('');
}

/** Fisher and Yates's shuffle. */
function shuffled(characters: string[], randomness: Randomness): string[] {
  const result = [...characters];
  for (let place = result.length - 1; place > 0; place -= 1) {
    const other = randomness.integer(place + 1);
    [result[place], result[other]] = [result[other] ?? '', result[place] ?? ''];
  }
  return result;
}

/** When a temporary password given now stops being good; 0 days stand for the default. */
export const temporaryPasswordExpiry = (policy: PasswordPolicy, now: Date) =>
  new Date(now.getTime() + (policy.TemporaryPasswordValidityDays || 7) * 86_400_000);
