import type { Caller } from './callers.js';

/** How much one document may ask for. */
export interface DocumentLimits {
  /** Names, values and punctuation, as the lexer counts them. */
  readonly tokens: number;
  /** Fields within each other. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** By graphql-armor's reckoning: 2 for an object, 1 for a scalar, half as much again for each level, times `first`. */
  readonly cost: number;
}

/** People write short operations. */
const DIRECT: DocumentLimits = {
  // A query with 1,000 checks written out has some 20,000.
  tokens: 25_000,
  depth: 12,
  aliases: 30,
  directives: 50,
  cost: 20_000,
};

/** Gateways put the parts of many into one, and rename them so that they fit together. */
const GATEWAY: DocumentLimits = {
  tokens: 40_000,
  depth: 40,
  aliases: 2_000,
  directives: 1_000,
  cost: 500_000,
};

export const limitsOf = (caller: Caller): DocumentLimits => (caller === 'gateway' ? GATEWAY : DIRECT);
