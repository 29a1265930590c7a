import type { Randomness } from '../../services/randomness.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number, randomness: Randomness): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomness.integer(ALPHABET.length))).join('');
}

/** 22 letters and digits. */
export const newPolicyId = (randomness: Randomness): string => randomText(22, randomness);

/** 22 letters and digits. */
export const newPolicyTemplateId = newPolicyId;

/** `PS` and 20 letters and digits. */
export const newPolicyStoreId = (randomness: Randomness): string => `PS${randomText(20, randomness)}`;

/** The ARN of a store, in an account of zeros. Policy stores have no Region in theirs. */
export const policyStoreArn = (id: string): string =>
  `arn:aws:verifiedpermissions::000000000000:policy-store/${id}`;
