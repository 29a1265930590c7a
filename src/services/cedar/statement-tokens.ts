/** A token of Cedar's policy and schema languages (https://docs.cedarpolicy.com/policies/syntax-grammar.html). */
export interface Token {
  readonly kind: 'string' | 'word' | 'symbol';
  readonly text: string;
  /** Offset of the first character, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

// Cedar ends a comment at either half of a line break.
const TOKEN =
  /(?<blank>\s+|\/\/[^\n\r]*)|(?<string>"[^"\\]*(?:\\[\s\S][^"\\]*)*")|(?<word>\w+)|::|&&|\|\||[=!<>]=|[\s\S]/y;

/** The tokens of a text, without blanks and comments. Any text has tokens; whether they mean anything is Cedar's to say. */
export function* tokenize(text: string): Generator<Token> {
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match.groups?.['blank'] !== undefined) continue;
    const kind = match.groups?.['string'] ? 'string' : match.groups?.['word'] ? 'word' : 'symbol';
    yield { kind, text: match[0], start: match.index, end: pattern.lastIndex };
  }
}

/** A piece of a text, and where it began. */
export interface StatementSlice {
  readonly text: string;
  readonly start: number;
}

/**
 * Cuts a policy text into its policies, each from its first token to its semicolon, in the order of the text. (cedar-wasm's
 * own `policySetTextToParts` sorts them and loses the offsets.) A last piece without a semicolon is kept, for the parser to
 * complain about.
 */
export function splitStatements(text: string): StatementSlice[] {
  const slices: StatementSlice[] = [];
  let start: number | undefined;
  for (const token of tokenize(text)) {
    start ??= token.start;
    if (token.kind === 'symbol' && token.text === ';') {
      slices.push({ text: text.slice(start, token.end), start });
      start = undefined;
    }
  }
  if (start !== undefined) slices.push({ text: text.slice(start), start });
  return slices;
}
