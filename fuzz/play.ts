import { Chance } from './chance.js';
import type { Ground } from './ground.js';
import { playRound } from './round.js';
import type { Tally } from './tally.js';
import { Finding } from './verdict.js';
import { createWorld } from './world.js';

/** So many rounds have a policy store in common, and what is remembered of it. */
const ROUNDS_OF_A_WORLD = 8;

/** Plays rounds for as long as `goesOn` says, from the first of a world on. @throws RoundError */
export async function playRounds(
  ground: Ground,
  seed: number,
  tally: Tally,
  goesOn: () => boolean,
  first = 0,
): Promise<void> {
  for (let number = first - (first % ROUNDS_OF_A_WORLD); goesOn();) {
    const world = await createWorld(ground, Chance.of(seed, -number));
    try {
      for (let left = ROUNDS_OF_A_WORLD; left > 0 && goesOn(); left -= 1) {
        try {
          await playRound(ground, world, Chance.of(seed, number), tally);
        } catch (cause) {
          throw new RoundError(seed, number, cause);
        }
        tally.rounds += 1;
        number += 1;
      }
    } finally {
      await world.close();
    }
  }
}

/** A round that did not go as it should. */
export class RoundError extends Error {
  override readonly name = 'RoundError';

  constructor(
    readonly seed: number,
    readonly round: number,
    cause: unknown,
  ) {
    super(`Round ${round} of seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }

  /** What happened, what shows it, and how to see it again. */
  print(): string {
    const { cause } = this;
    const shown = cause instanceof Finding ? cause.print() : cause instanceof Error ? cause.stack : '';
    return `${this.message}\n${shown}\nAgain: npm run fuzz:decisions -- --seed ${this.seed} --from ${this.round}`;
  }
}
