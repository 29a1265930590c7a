import { parseArgs } from 'node:util';

/** How long and how often things are measured. */
export interface Effort {
  readonly rounds: number;
  /** Of each contender in each round, under load. */
  readonly seconds: number;
  /** Under load before anything is measured: what V8 compiles while it runs, it has compiled then. */
  readonly warmUpSeconds: number;
  /** From being ready until memory is read. */
  readonly idleSeconds: number;
  /** How often the service is started, first and again. */
  readonly starts: number;
  /** So many distinct decisions, after which memory is read. */
  readonly decisions: number;
}

export interface BenchOptions<Suite extends string> {
  /** The first argument; the first of the suites where there is none. */
  readonly suite: Suite;
  readonly effort: Effort;
  /** Letters of the benchmarks to run; undefined for all. */
  readonly only: readonly string[] | undefined;
  /** Where to write the list of measurements. */
  readonly json: string | undefined;
  /** The document whose results to replace. */
  readonly markdown: string | undefined;
}

/** V8 gives back what a start has taken some ten seconds after it. */
const FULL: Effort = {
  rounds: 5,
  seconds: 3,
  warmUpSeconds: 15,
  idleSeconds: 20,
  starts: 3,
  decisions: 1_000_000,
};
const QUICK: Effort = {
  rounds: 2,
  seconds: 1,
  warmUpSeconds: 1,
  idleSeconds: 3,
  starts: 1,
  decisions: 200_000,
};

/** @throws Error for arguments that it does not know; its message is for whoever typed them */
export function readOptions<Suite extends string>(
  args: readonly string[],
  { suites, letters }: { readonly suites: readonly Suite[]; readonly letters: readonly string[] },
): BenchOptions<Suite> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      markdown: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const [named = suites[0]] = positionals;
  const suite = suites.find((name) => name === named);
  if (suite === undefined || positionals.length > 1)
    throw new Error(`There is no suite "${positionals.join(' ')}", only ${suites.join(', ')}.`);
  const only = values.only?.split(',');
  const unknown = only?.find((letter) => !letters.includes(letter));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark "${unknown}", only ${letters.join(', ')}.`);
  return { suite, effort: values.quick ? QUICK : FULL, only, json: values.json, markdown: values.markdown };
}
