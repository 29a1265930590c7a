import type { FastifyReply, FastifyRequest } from 'fastify';
import { Lexer, Source, TokenKind } from 'graphql';

import { refuse } from './http-errors.js';
import { limitsOf, type DocumentLimits } from './limits.js';

/** What graphql-js walks through time and again, whoever sends it. */
const MAX_FRAGMENTS = 200;

/** How many characters may be in one piece: aliases can have it answered time and again. */
const LONGEST = {
  // And in the path of each error.
  name: 200,
  // A longer one belongs into a variable.
  value: 10_000,
} as const;

const TOO_COMPLEX = {
  code: 'OPERATION_TOO_COMPLEX',
  message: 'The document is too large or too deep, or has too many fragments, or a name or value too long.',
} as const;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** A Fastify hook that refuses documents on which parsing or validation would choke. */
export async function limitDocument(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const document = documentOf(request.body) ?? documentOf(request.query);
  if (document === undefined || isWithinLimits(document, limitsOf(request.caller))) return undefined;
  return refuse(request, reply, 400, TOO_COMPLEX);
}

function documentOf(carrier: unknown): string | undefined {
  if (typeof carrier !== 'object' || carrier === null || !('query' in carrier)) return undefined;
  return typeof carrier.query === 'string' ? carrier.query : undefined;
}

/** Reads tokens alone, in a loop, and no further than it must: what recurses comes after it. */
export function isWithinLimits(
  document: string,
  limits: Pick<DocumentLimits, 'characters' | 'tokens' | 'nesting'>,
): boolean {
  if (document.length > limits.characters) return false;
  const lexer = new Lexer(new Source(document));
  let tokens = 0;
  let nesting = 0;
  let fragments = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens += 1;
      const isName = token.kind === TokenKind.NAME;
      if (token.end - token.start > (isName ? LONGEST.name : LONGEST.value)) return false;
      if (OPENING.has(token.kind)) nesting += 1;
      else if (CLOSING.has(token.kind)) nesting -= 1;
      else if (isName && nesting === 0 && token.value === 'fragment') fragments += 1;
      if (tokens > limits.tokens || nesting > limits.nesting || fragments > MAX_FRAGMENTS) return false;
    }
  } catch {
    // What is no GraphQL is for the parser to complain about: it stops at the same place.
    return true;
  }
  return true;
}
