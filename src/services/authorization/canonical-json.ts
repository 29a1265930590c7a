/**
 * JSON text that is the same for values that differ in the order of their keys alone, so that it can stand as a key. Takes
 * JSON values of bounded depth: JSON.stringify recurses.
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sortKeys);

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
