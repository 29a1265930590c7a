import type { Caller } from './callers.js';

/** How much one document may hold, and its operation ask for. */
export interface DocumentLimits {
  readonly characters: number;
  /** Names, values and punctuation, as the lexer counts them. */
  readonly tokens: number;
  /** Selections, lists and objects within each other, as they are written down. */
  readonly nesting: number;
  /** Fields within each other, wherever fragments put them. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** By graphql-armor's reckoning: 2 for an object, 1 for a scalar, half as much again for each level, times `first`. */
  readonly cost: number;
  /** Objects in the answer, and other fields that have a resolver, such as a guard. */
  readonly resolved: number;
  /** All fields in the answer, those of each item of a list by themselves. */
  readonly fields: number;
}

/** People write short operations. */
const DIRECT: DocumentLimits = {
  // A query with 1,000 checks written out, each on six lines and with an id of 200 characters, has some 350,000.
  characters: 400_000,
  // And some 20,000 of these.
  tokens: 25_000,
  // Twelve fields, a condition on each, and an argument within.
  nesting: 30,
  depth: 12,
  aliases: 30,
  directives: 50,
  cost: 20_000,
  resolved: 10_000,
  // 1,000 decisions with all that they say have some 25,000.
  fields: 50_000,
};

/** Gateways put the parts of many into one, and rename them so that they fit together. */
const GATEWAY: DocumentLimits = {
  characters: 600_000,
  tokens: 40_000,
  nesting: 100,
  depth: 40,
  aliases: 2_000,
  directives: 1_000,
  cost: 500_000,
  resolved: 25_000,
  fields: 100_000,
};

export const limitsOf = (caller: Caller): DocumentLimits => (caller === 'gateway' ? GATEWAY : DIRECT);
