import { MAX_RECORD_SIZE } from './question-check.js';

/** What a caller brings with a check for the policies to look at. */
export interface Brought {
  readonly context?: unknown;
  readonly resourceAttributes?: unknown;
}

/**
 * Roughly the characters of JSON that checks bring altogether. A variable that many of them share counts for each, since each is
 * asked with a text of its own. What is too large for any question counts as just that: it goes no further.
 */
export function broughtSize(checks: readonly Brought[]): number {
  const sizes = new Map<unknown, number>();
  const sizeOf = (record: unknown): number => {
    if (record === undefined || record === null) return 0;
    const size = sizes.get(record) ?? Math.min(charactersOf(record), MAX_RECORD_SIZE);
    sizes.set(record, size);
    return size;
  };
  return checks.reduce(
    (sum, { context, resourceAttributes }) => sum + sizeOf(context) + sizeOf(resourceAttributes),
    0,
  );
}

/** In a loop, since it may be nested as deep as a body is long; and no further than it has to. */
function charactersOf(record: unknown): number {
  const unseen = [record];
  let size = 0;
  while (unseen.length > 0 && size <= MAX_RECORD_SIZE) {
    const at = unseen.pop();
    if (typeof at === 'string') size += at.length + 2;
    else if (typeof at !== 'object' || at === null) size += 4;
    else {
      size += 2;
      for (const [key, value] of Object.entries(at)) {
        size += Array.isArray(at) ? 1 : key.length + 4;
        unseen.push(value);
      }
    }
  }
  return size;
}
