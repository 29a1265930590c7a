import { TokenKind, type ASTNode, type Token } from 'graphql';

/**
 * The argument that a value of a variable is given for, named as the services name theirs: `phoneNumber` for a field of an
 * `input`, `checks[0].action` for others. The path is as graphql-js prints it, beginning with the variable: `i.phoneNumber`.
 * Undefined where neither that nor the document tells.
 */
export function argumentOf(
  variable: string,
  path: string,
  definition: ASTNode | undefined,
): string | undefined {
  const below = path.slice(variable.length);
  const name = givenTo(variable, definition?.loc?.startToken);
  if (name !== undefined && name !== 'input') return name + below;
  return below.startsWith('.') ? below.slice(1) : name;
}

/** What stands before `: $variable` where it is used first; long documents keep no tokens. */
function givenTo(variable: string, start: Token | undefined): string | undefined {
  for (let token = start?.next; token; token = token.next) {
    const colon = token.prev;
    if (token.kind !== TokenKind.DOLLAR || token.next?.value !== variable) continue;
    if (colon?.kind === TokenKind.COLON && colon.prev?.kind === TokenKind.NAME) return colon.prev.value;
  }
  return undefined;
}
