import type { ConfigFault } from './config-error.js';
import { VARIABLE_NAMES, VARIABLES } from './variables.js';
import type { Values, Variable, VariableName } from './variables.js';

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Is the variable given at all? An empty one counts as unset. */
export const isSet = (env: Environment, name: VariableName): boolean => (env[name] ?? '') !== '';

export interface ReadValues {
  /** Only to be believed when there are no faults: a faulty variable is undefined here, whatever its type says. */
  readonly values: Values;
  readonly faults: readonly ConfigFault[];
}

/** Reads each variable by itself; what they must be together is for the caller to judge. */
export function readValues(env: Environment): ReadValues {
  const faults: ConfigFault[] = [];
  const read = (name: VariableName): unknown => {
    const { format, default: fallback }: Variable<unknown> = VARIABLES[name];
    const text = isSet(env, name) ? env[name] : fallback;
    if (text === undefined) return undefined;
    const value = format.parse(text);
    if (value === undefined) faults.push({ variable: name, message: `${name} must be ${format.expected}.` });
    return value;
  };
  const values = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, read(name)])) as Values;
  return { values, faults };
}
