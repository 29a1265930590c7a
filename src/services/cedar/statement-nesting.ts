import { tokenize, type Token } from './statement-tokens.js';

/**
 * cedar-wasm parses and evaluates by recursion, and runs out of stack at about 75 brackets inside each other, 100 operators
 * or `if`s on end, or 300 `&&`. Each costs its share of this budget, so that their mixtures stay within it too.
 */
const BUDGET = 120;
const BRACKET = 2;
const OPERATOR = 1.5;
const LOGICAL = 0.5;

const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);
const LOGICAL_OPERATORS = new Set(['&&', '||']);
const OPERATORS = new Set(['+', '-', '*', '<', '<=', '>', '>=', '==', '!=', '!', '.', '[']);
const OPERATOR_WORDS = new Set(['if', 'in', 'has', 'like', 'is']);

/** What lies between two brackets: the deepest of the pieces that commas, then logical operators, divide it into. */
interface Level {
  /** The deepest piece between commas that has ended. */
  deepest: number;
  /** Logical operators and `if`s of the current piece, which every term of it lies below. */
  spine: number;
  /** The deepest term of the current piece that has ended. */
  deepestTerm: number;
  /** Operators of the current term. */
  term: number;
  /** The deepest bracket in the current term. */
  inner: number;
}

const newLevel = (): Level => ({ deepest: 0, spine: 0, deepestTerm: 0, term: 0, inner: 0 });

/** Would this statement, or this schema in Cedar's own syntax, be deeper than the engine can bear? Errs on the strict side. */
export function isTooDeeplyNested(statement: string): boolean {
  const levels: Level[] = [newLevel()];
  for (const token of tokenize(statement)) {
    const level = levels.at(-1) ?? newLevel();
    if (count(level, token) > BUDGET || levels.length * BRACKET > BUDGET) return true;
    if (token.kind !== 'symbol') continue;
    if (OPENING.has(token.text)) levels.push(newLevel());
    if (CLOSING.has(token.text) && levels.length > 1) {
      levels.pop();
      const outer = levels.at(-1) ?? level;
      outer.inner = Math.max(outer.inner, BRACKET + endPiece(level));
      if (outer.spine + outer.term + outer.inner > BUDGET) return true;
    }
  }
  return false;
}

/** Takes a token into account and answers how deep its level is by now. */
function count(level: Level, { kind, text }: Token): number {
  if (kind === 'word' && OPERATOR_WORDS.has(text)) {
    if (text === 'if') level.spine += OPERATOR;
    else level.term += OPERATOR;
  }
  if (kind === 'symbol') {
    if (LOGICAL_OPERATORS.has(text)) {
      endTerm(level);
      level.spine += LOGICAL;
    }
    if (OPERATORS.has(text)) level.term += OPERATOR;
    if (text === ',' || text === ';') endPiece(level);
  }
  return level.spine + Math.max(level.deepestTerm, level.term + level.inner);
}

function endTerm(level: Level): void {
  level.deepestTerm = Math.max(level.deepestTerm, level.term + level.inner);
  level.term = 0;
  level.inner = 0;
}

function endPiece(level: Level): number {
  endTerm(level);
  level.deepest = Math.max(level.deepest, level.spine + level.deepestTerm);
  level.spine = 0;
  level.deepestTerm = 0;
  return level.deepest;
}
