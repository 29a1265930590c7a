import type { Randomness } from '../../services/randomness.js';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LOWER_CASE_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters of an alphabet, each as likely as the other. */
export const randomText = (randomness: Pick<Randomness, 'integer'>, alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[randomness.integer(alphabet.length)]).join('');

/** Such as `eu-west-1_Ab12Cd34E`: verifiers read the region from it. */
export const newPoolId = (randomness: Randomness, region: string) =>
  `${region}_${randomText(randomness, LETTERS_AND_DIGITS, 9)}`;

export const newClientId = (randomness: Randomness) => randomText(randomness, LOWER_CASE_AND_DIGITS, 26);

export const newClientSecret = (randomness: Randomness) => randomText(randomness, LOWER_CASE_AND_DIGITS, 51);

/** 128 random bits, dashed like a UUID, but like Cognito's with no version in them. */
export const newSub = (randomness: Randomness) =>
  randomness
    .bytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

export const looksLikeSub = (name: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);

/** What a client holds and the database knows only by digest: 256 random bits. */
export const newOpaqueToken = (randomness: Randomness) => randomness.bytes(32).toString('base64url');
