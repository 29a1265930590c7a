import type { FastifyReply, FastifyRequest } from 'fastify';
import { Lexer, Source, TokenKind } from 'graphql';

import { answerTooComplex } from './http-errors.js';

/** What graphql-js walks through by recursion, or time and again: bounded before it sees the document. */
const LIMITS = {
  /** A query with 1,000 checks written out has some 20,000. */
  tokens: 40_000,
  /** Selections, lists and objects within each other. */
  depth: 100,
  fragments: 200,
} as const;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** A Fastify hook that refuses documents on which parsing or validation would choke. */
export async function limitDocument(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const document = documentOf(request.body) ?? documentOf(request.query);
  if (document === undefined || isWithinLimits(document)) return undefined;
  return answerTooComplex(request, reply);
}

function documentOf(carrier: unknown): string | undefined {
  if (typeof carrier !== 'object' || carrier === null || !('query' in carrier)) return undefined;
  return typeof carrier.query === 'string' ? carrier.query : undefined;
}

/** Reads tokens alone, in a loop, and no further than it must. */
export function isWithinLimits(document: string): boolean {
  const lexer = new Lexer(new Source(document));
  let tokens = 0;
  let depth = 0;
  let fragments = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens += 1;
      if (OPENING.has(token.kind)) depth += 1;
      else if (CLOSING.has(token.kind)) depth -= 1;
      else if (depth === 0 && token.kind === TokenKind.NAME && token.value === 'fragment') fragments += 1;
      if (tokens > LIMITS.tokens || depth > LIMITS.depth || fragments > LIMITS.fragments) return false;
    }
  } catch {
    // What is no GraphQL is for the parser to complain about: it stops at the same place.
    return true;
  }
  return true;
}
