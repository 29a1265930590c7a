import { inspect } from 'node:util';

import { Chance } from './chance.js';
import type { Ground } from './ground.js';
import { openHttpStage } from './http/http-stage.js';
import { reproduce, type Failure, type OpenStage, type Reproduction } from './replay.js';
import { openWorldStage } from './round.js';
import { playAll, type Step } from './stage.js';
import { Tally } from './tally.js';
import { Finding } from './verdict.js';

/** So many rounds have a stage in common. */
const ROUNDS_OF_A_STAGE = 8;
/** The share of stages whose rounds ask the service itself. */
const OVER_HTTP = 0.25;
/** For so long it is tried to do with less of a round that failed. */
const SHRINKING_MS = 60_000;

/** Plays rounds for as long as `goesOn` says, from the first of a stage on. @throws RoundError */
export async function playRounds(
  ground: Ground,
  seed: number,
  tally: Tally,
  goesOn: () => boolean,
  from = 0,
): Promise<void> {
  for (let first = from - (from % ROUNDS_OF_A_STAGE); goesOn(); first += ROUNDS_OF_A_STAGE) {
    const failure = await playStage(opener(ground, tally), { seed, first, goesOn, tally });
    if (failure === undefined) continue;
    const until = performance.now() + SHRINKING_MS;
    const open = opener(ground, new Tally());
    throw new RoundError(failure, await reproduce(open, failure, () => performance.now() < until));
  }
}

/** Opens a stage of one kind or the other. */
const opener =
  (ground: Ground, tally: Tally): OpenStage =>
  (chance) => {
    const isOverHttp = chance.happens(OVER_HTTP);
    return isOverHttp && ground.served !== undefined
      ? openHttpStage(ground.served, ground.bare, chance, tally)
      : openWorldStage(ground, chance, tally);
  };

interface StageRun {
  readonly seed: number;
  /** The number of its first round. */
  readonly first: number;
  readonly goesOn: () => boolean;
  readonly tally: Tally;
}

/** @returns what went wrong, if anything */
async function playStage(
  open: OpenStage,
  { seed, first, goesOn, tally }: StageRun,
): Promise<Failure | undefined> {
  const stage = await open(Chance.of(seed, -first));
  const steps: number[] = [];
  try {
    for (let last = first; last < first + ROUNDS_OF_A_STAGE && goesOn(); last += 1) {
      const round = stage.nextRound(Chance.of(seed, last));
      steps.push(round.steps.length);
      try {
        await playAll(round);
      } catch (cause) {
        return { seed, first, last, steps, cause };
      }
      tally.rounds += 1;
    }
    return undefined;
  } finally {
    await stage.close();
  }
}

/** A round that did not go as it should. */
export class RoundError extends Error {
  override readonly name = 'RoundError';

  constructor(
    readonly failure: Failure,
    /** Undefined where it went well when it was played again. */
    readonly reproduction: Reproduction | undefined,
  ) {
    const { seed, last, cause } = failure;
    super(`Round ${last} of seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }

  /** What happened, what shows it, and how to see it again. */
  print(): string {
    const { failure, reproduction } = this;
    const cause = reproduction?.cause ?? failure.cause;
    const shown = cause instanceof Finding ? cause.print() : cause instanceof Error ? cause.stack : '';
    const steps = reproduction
      ? [...reproduction.rounds].map(([round, left]) => printSteps(round, left))
      : ['Played again, it went well.'];
    const again = `Again: npm run fuzz:decisions -- --seed ${failure.seed} --from ${failure.last}`;
    return [this.message, shown, ...steps, again].join('\n');
  }
}

function printSteps(round: number, steps: readonly Step[]): string {
  const lines = steps.map(({ shown }) =>
    inspect(shown, { depth: 8, maxStringLength: 300, breakLength: 120 }),
  );
  return [`It takes, of round ${round}:`, ...lines].join('\n- ');
}
