/** One thing that is wrong with the environment. */
export interface ConfigFault {
  readonly variable: string;
  /** A whole sentence that names the variable and what it should be, never its value. */
  readonly message: string;
}

/** The environment does not make a configuration. Carries every fault, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super([`The configuration has ${count}:`, ...faults.map(({ message }) => `  ${message}`)].join('\n'));
  }
}
