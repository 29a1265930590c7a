import type { FastifyReply, FastifyRequest } from 'fastify';
import { Lexer, Source, TokenKind } from 'graphql';

import { refuse } from './http-errors.js';
import { limitsOf } from './limits.js';

/** What graphql-js walks through by recursion, or time and again: bounded before it sees the document, whoever sends it. */
const NESTING = {
  /** Selections, lists and objects within each other. */
  depth: 100,
  fragments: 200,
} as const;

const TOO_COMPLEX = {
  code: 'OPERATION_TOO_COMPLEX',
  message: 'The document is too large, too deep, or has too many fragments.',
} as const;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** A Fastify hook that refuses documents on which parsing or validation would choke. */
export async function limitDocument(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const document = documentOf(request.body) ?? documentOf(request.query);
  if (document === undefined || isWithinLimits(document, limitsOf(request.caller).tokens)) return undefined;
  return refuse(request, reply, 400, TOO_COMPLEX);
}

function documentOf(carrier: unknown): string | undefined {
  if (typeof carrier !== 'object' || carrier === null || !('query' in carrier)) return undefined;
  return typeof carrier.query === 'string' ? carrier.query : undefined;
}

/**
 * Reads tokens alone, in a loop, and no further than it must.
 *
 * @param mostTokens how many there may be
 */
export function isWithinLimits(document: string, mostTokens: number): boolean {
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
      if (tokens > mostTokens || depth > NESTING.depth || fragments > NESTING.fragments) return false;
    }
  } catch {
    // What is no GraphQL is for the parser to complain about: it stops at the same place.
    return true;
  }
  return true;
}
