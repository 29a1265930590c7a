import type { Chance } from './chance.js';

/** A part of a round that can be left out: something that is asked, or something that goes wrong. */
export interface Step {
  /** What there is to see of it. */
  readonly shown: unknown;
}

/** Some questions and what goes wrong meanwhile, laid out: whatever is left out, the rest of it stays the same. */
export interface Round {
  readonly steps: readonly Step[];
  /** Plays those of its steps. @throws Finding */
  play(kept: ReadonlySet<Step>): Promise<void>;
}

/** Where rounds are played that have something in common: policies, and what is remembered of them. */
export interface Stage {
  /** Lays out the next one, by what was asked in those before, whether or not they were played. */
  nextRound(chance: Chance): Round;
  close(): Promise<void>;
}

export const playAll = (round: Round): Promise<void> => round.play(new Set(round.steps));
