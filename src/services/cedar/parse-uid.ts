import { isTypeName, isWellFormed, type EntityUid } from './values.js';

const UID = /^([\w:]+)::"((?:[^"\\]|\\.)*)"$/su;
/** Cedar's escapes, and those that JSON has besides: many write an id by `JSON.stringify`. */
const ESCAPE = /\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|x([0-7][\da-f])|(.))/gisu;
const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '/': '/',
  "'": "'",
  '"': '"',
};

/**
 * Reads an entity uid as Cedar writes it, `Documents::Document::"1"` (https://docs.cedarpolicy.com/policies/syntax-entity.html),
 * without blanks; undefined for what is none.
 */
export function parseUid(text: string): EntityUid | undefined {
  const [, type, quoted] = UID.exec(text) ?? [];
  if (type === undefined || quoted === undefined || !isTypeName(type)) return undefined;
  const id = unescaped(quoted);
  return id !== undefined && isWellFormed(id) ? { type, id } : undefined;
}

function unescaped(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted;
  let isGood = true;
  const text = quoted.replace(ESCAPE, (_, point?: string, unit?: string, byte?: string, letter?: string) => {
    const code = point ?? byte;
    if (code !== undefined && Number.parseInt(code, 16) <= 0x10_ffff) {
      return String.fromCodePoint(Number.parseInt(code, 16));
    }
    // Two of these may make one character.
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    const simple = letter === undefined ? undefined : SIMPLE[letter];
    isGood &&= simple !== undefined;
    return simple ?? '';
  });
  return isGood ? text : undefined;
}
