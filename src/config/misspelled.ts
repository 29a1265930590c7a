import type { ConfigFault } from './config-error.js';
import { editDistance } from './edit-distance.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import { VARIABLE_NAMES } from './variables.js';
import type { VariableName } from './variables.js';

/** Variables that begin so are taken for ours when the rest comes close to one of ours. */
const PREFIXES = ['PORTCULLIS_', 'SEED_', 'SMTP_', 'COGNITO_', 'AVP_'] as const;

/**
 * The variables that are told by their whole name. PORT and HOST are too short, and one letter makes AVP_PORT of APP_PORT and
 * SMTP_URL of SFTP_URL, which may be anybody's.
 */
const DISTINCTIVE = VARIABLE_NAMES.filter((name) => name.length >= 7 && !/^(AVP|SMTP)_/.test(name));

/**
 * Set variables that look like one of ours misspelled. Others pass, since a shell, a platform or an orchestrator may set
 * them (Kubernetes gives every pod `<SERVICE>_SERVICE_HOST`).
 */
export function findMisspelled(env: Environment): ConfigFault[] {
  return Object.keys(env).flatMap((name) => {
    if ((env[name] ?? '') === '' || isKnown(name)) return [];
    const prefix = PREFIXES.find((candidate) => name.startsWith(candidate));
    const candidates = prefix === undefined ? alike(name, env) : closeBehind(prefix, name);
    const meant = nearest(name, candidates, env);
    if (meant === undefined) return [];
    return [{ variable: name, message: `${name} is not a variable of this program: did you mean ${meant}?` }];
  });
}

const isKnown = (name: string): boolean => VARIABLE_NAMES.some((known) => known === name);

/** Ours of the same prefix, with at most half of what follows it changed (or two characters). */
function closeBehind(prefix: string, name: string): VariableName[] {
  const limit = Math.max(2, Math.floor((name.length - prefix.length) / 2));
  return VARIABLE_NAMES.filter((known) => known.startsWith(prefix) && editDistance(name, known) <= limit);
}

/** Ours that are unset and differ by a slip in a word, by the case of letters, or by where words are parted. */
function alike(name: string, env: Environment): VariableName[] {
  const words = name.toUpperCase().split('_');
  return DISTINCTIVE.filter((known) => {
    if (isSet(env, known)) return false;
    const knownWords = known.split('_');
    return words.length === knownWords.length
      ? knownWords.every((word, place) => isSlip(words[place] ?? '', word))
      : editDistance(words.join(''), knownWords.join('')) <= 1;
  });
}

/** Three letters in eight; one in a short word, so that USER is not URL. One for many counts for none: PROXY is PROXIES. */
function isSlip(given: string, known: string): boolean {
  const meant = singular(known);
  return editDistance(singular(given), meant) <= Math.floor((meant.length * 3) / 8);
}

const singular = (word: string): string => word.replace(/IES$/, 'Y').replace(/S$/, '');

/** Of two equally near, the one that begins more alike, then the one that is still unset, was meant. */
function nearest(name: string, candidates: VariableName[], env: Environment): VariableName | undefined {
  const distance = (known: string) => editDistance(name.toUpperCase(), known);
  return candidates.sort(
    (a, b) =>
      distance(a) - distance(b) ||
      commonStart(name, b) - commonStart(name, a) ||
      Number(isSet(env, a)) - Number(isSet(env, b)),
  )[0];
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
