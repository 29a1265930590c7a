import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** The first round whose world is played; those before it are left out. */
  readonly from: number;
}

/** @throws Error for arguments that it does not know; its message is for whoever typed them */
export function readOptions(args: readonly string[]): FuzzOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      from: { type: 'string', default: '0' },
    },
  });
  const [seconds, seed, from] = [values.seconds, values.seed, values.from].map(Number) as [
    number,
    number,
    number,
  ];
  if (!(seconds > 0)) throw new Error('--seconds takes a number above 0.');
  if (![seed, from].every((number) => Number.isSafeInteger(number) && number >= 0)) {
    throw new Error('--seed and --from take whole numbers.');
  }
  return { seconds, seed, from };
}
