import { isSet } from './read-values.js';
import type { Environment } from './read-values.js';
import { VARIABLE_NAMES, VARIABLES } from './variables.js';
import type { Variable, VariableName } from './variables.js';

/** A variable as it may be shown to anyone who may read the log. */
export interface Setting {
  readonly name: VariableName;
  /** The value in force with what is secret hidden; undefined when there is none. */
  readonly shown: string | undefined;
  readonly origin: 'environment' | 'default';
}

const HIDDEN = '********';

/** All variables in force. Meant for an environment that has no faults. */
export const settings = (env: Environment): Setting[] =>
  VARIABLE_NAMES.map((name) => {
    const { default: fallback, secret }: Variable<unknown> = VARIABLES[name];
    const given = isSet(env, name);
    const value = given ? env[name] : fallback;
    const shown = value === undefined || secret === undefined ? value : hide(value, secret);
    return { name, shown, origin: given ? 'environment' : 'default' };
  });

function hide(value: string, secret: NonNullable<Variable<unknown>['secret']>): string {
  if (secret === 'value') return HIDDEN;
  const url = new URL(value);
  // Alone, or when it is the password over again, a user name is a token.
  if (url.username !== '' && (url.password === '' || url.password === url.username)) url.username = HIDDEN;
  if (url.password !== '') url.password = HIDDEN;
  // Drivers read options from the query, a password among them.
  for (const name of [...url.searchParams.keys()]) url.searchParams.set(name, HIDDEN);
  return url.href;
}
