import { readFile } from 'node:fs/promises';

import type { Randomness } from '../services/randomness.js';
import { writePrivateFile } from './private-file.js';
import type { PoolKind } from './provision-pools.js';

/** A password somebody can sign in with. */
export interface Credential {
  readonly email: string;
  readonly password: string;
  readonly userType: PoolKind;
}

/** Reads a credentials file: one `email password USERTYPE` a line. Empty where there is no file. */
export async function readCredentials(path: string): Promise<Credential[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    const [, email, password, userType] = /^(\S+) (\S+) (ADMIN|END_USER)$/.exec(line) ?? [];
    if (email === undefined || password === undefined) return [];
    return [{ email, password, userType: userType === 'ADMIN' ? 'ADMIN' : 'END_USER' }];
  });
}

/** Replaces a credentials file in one step, readable by its owner alone; on the disk when this resolves. */
export async function writeCredentials(
  path: string,
  credentials: readonly Credential[],
  randomness: Pick<Randomness, 'uuid'>,
): Promise<void> {
  const lines = credentials.map(({ email, password, userType }) => `${email} ${password} ${userType}\n`);
  await writePrivateFile(path, lines.join(''), randomness);
}

const LENGTH = 24;
const LOWER = 'abcdefghijkmnopqrstuvwxyz';
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const DIGITS = '23456789';
/** None that a shell, a URL or a CSV file would take for its own. */
const SYMBOLS = '-_.~';

/**
 * A password of 24 characters with all four kinds, about 138 bits, without the characters that are read for one
 * another (l and 1, O and 0, I).
 */
export function makePassword(randomness: Pick<Randomness, 'integer'>): string {
  const pick = (alphabet: string): string => alphabet.charAt(randomness.integer(alphabet.length));
  const characters = [LOWER, UPPER, DIGITS, SYMBOLS].map(pick);
  while (characters.length < LENGTH) characters.push(pick(LOWER + UPPER + DIGITS + SYMBOLS));
  // Fisher and Yates, so that the kinds stand anywhere.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomness.integer(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}
