import { tokenize, type Token } from './statement-tokens.js';

/**
 * The namespaces that a schema in Cedar's own syntax declares (https://docs.cedarpolicy.com/schema/human-readable-schema-grammar.html);
 * the empty one among them where it declares something outside of them. Cedar has parsed the text already: of one that names the
 * types of another schema it would not say more than that it lacks them.
 */
export function declaredNamespaces(schema: string): readonly string[] {
  const found = new Set<string>();
  for (const declaration of declarationsIn(schema)) found.add(namespaceOf(declaration));
  return [...found];
}

/** What is declared outside of any braces, each to its semicolon or, of a namespace, to its closing brace. */
function* declarationsIn(schema: string): Generator<readonly string[]> {
  let declaration: string[] = [];
  let depth = 0;
  for (const { kind, text } of tokenize(schema)) {
    declaration.push(kind === 'string' ? '""' : text);
    depth += depthOf(kind, text);
    if (depth > 0) continue;
    if (text === ';' || (text === '}' && isNamespace(declaration))) {
      yield declaration;
      declaration = [];
    }
  }
}

function depthOf(kind: Token['kind'], text: string): number {
  if (kind !== 'symbol') return 0;
  return text === '{' ? 1 : text === '}' ? -1 : 0;
}

function namespaceOf(declaration: readonly string[]): string {
  if (!isNamespace(declaration)) return '';
  const start = startOf(declaration) + 1;
  return declaration.slice(start, declaration.indexOf('{', start)).join('');
}

const isNamespace = (declaration: readonly string[]) => declaration[startOf(declaration)] === 'namespace';

/** Where a declaration begins, after its annotations: `@name` or `@name("…")` each. */
function startOf(declaration: readonly string[]): number {
  let start = 0;
  while (declaration[start] === '@') start += declaration[start + 2] === '(' ? 5 : 2;
  return start;
}
