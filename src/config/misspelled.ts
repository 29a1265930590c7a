import type { ConfigFault } from './config-error.js';
import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import { VARIABLE_NAMES } from './variables.js';
import type { VariableName } from './variables.js';

/** Variables that begin so are taken for ours when they come close to one of ours. */
const PREFIXES = ['PORTCULLIS_', 'SEED_', 'SMTP_', 'COGNITO_', 'AVP_'] as const;

/**
 * Set variables that look like one of ours misspelled: the same prefix, and at most half of what follows it changed
 * (or two characters, as when two are swapped).
 * Others of the prefix pass, since an orchestrator may set them (Kubernetes gives every pod `<SERVICE>_SERVICE_HOST`).
 */
export function findMisspelled(env: Environment): ConfigFault[] {
  return Object.keys(env).flatMap((name) => {
    const prefix = PREFIXES.find((candidate) => name.startsWith(candidate));
    if (prefix === undefined || (env[name] ?? '') === '' || isKnown(name)) return [];
    const meant = nearest(name, prefix, env);
    if (meant === undefined) return [];
    return [{ variable: name, message: `${name} is not a variable of this program: did you mean ${meant}?` }];
  });
}

const isKnown = (name: string): boolean => VARIABLE_NAMES.some((known) => known === name);

function nearest(name: string, prefix: string, env: Environment): VariableName | undefined {
  const limit = Math.max(2, Math.floor((name.length - prefix.length) / 2));
  const close = VARIABLE_NAMES.filter((known) => known.startsWith(prefix))
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .filter(({ distance }) => distance <= limit)
    // Of two equally near, the one that begins more alike, then the one that is still unset, was meant.
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        commonStart(name, b.known) - commonStart(name, a.known) ||
        Number(isSet(env, a.known)) - Number(isSet(env, b.known)),
    );
  return close[0]?.known;
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** Levenshtein's distance: how many characters must be put in, left out or exchanged to make one of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const exchanged = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
