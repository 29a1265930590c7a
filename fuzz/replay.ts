import { Chance } from './chance.js';
import type { Stage, Step } from './stage.js';
import { smallest } from './smallest.js';

/** Opens a stage by its chances, the same for the same ones. */
export type OpenStage = (chance: Chance) => Promise<Stage>;

/** A step, by the round that it is of. */
interface Place {
  readonly round: number;
  readonly index: number;
}

export interface Reproduction {
  /** What is left of each round that something is left of. */
  readonly rounds: ReadonlyMap<number, readonly Step[]>;
  /** What went wrong when that was played. */
  readonly cause: unknown;
}

/** The rounds of a stage, up to one that failed. */
export interface Failure {
  readonly seed: number;
  readonly first: number;
  readonly last: number;
  /** How many steps each round has. */
  readonly steps: readonly number[];
  readonly cause: unknown;
}

/**
 * Plays rounds that failed again and again, with ever fewer steps, on a stage of its own each time.
 *
 * @returns the fewest that still fail in the same way; undefined where not even all of them do again
 */
export async function reproduce(
  open: OpenStage,
  failure: Failure,
  goesOn: () => boolean,
): Promise<Reproduction | undefined> {
  const { first, steps } = failure;
  const all = steps.flatMap((count, nth) =>
    Array.from({ length: count }, (_, index): Place => ({ round: first + nth, index })),
  );
  let found: Reproduction | undefined;
  const fails = async (some: readonly Place[]): Promise<boolean> => {
    const again = await replay(open, failure, some);
    if (again !== undefined) found = again;
    return again !== undefined;
  };
  if (await fails(all)) await smallest(all, fails, goesOn);
  return found;
}

/** Undefined where it went well, or otherwise wrong. */
async function replay(
  open: OpenStage,
  { seed, first, last, cause }: Failure,
  places: readonly Place[],
): Promise<Reproduction | undefined> {
  const stage = await open(Chance.of(seed, -first));
  const rounds = new Map<number, readonly Step[]>();
  try {
    for (let number = first; number <= last; number += 1) {
      const round = stage.nextRound(Chance.of(seed, number));
      const indexes = new Set(places.filter((place) => place.round === number).map(({ index }) => index));
      const steps = round.steps.filter((_, index) => indexes.has(index));
      if (steps.length === 0) continue;
      rounds.set(number, steps);
      await round.play(new Set(steps));
    }
  } catch (error) {
    return isAlike(error, cause) ? { rounds, cause: error } : undefined;
  } finally {
    await stage.close();
  }
  return undefined;
}

const isAlike = (one: unknown, other: unknown): boolean =>
  one instanceof Error && other instanceof Error && one.name === other.name && one.message === other.message;
