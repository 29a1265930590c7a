/** What one request to Portcullis may hold: docs/decisions.md, and the longest body that it reads of a service, less what goes around it. */
const MAX = { checks: 1_000, bytes: 8_000_000 };

/**
 * Parts questions into as few requests as hold them, in the order asked.
 *
 * @param sizes of each question, in bytes
 */
export function packBatches(sizes: readonly number[]): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let bytes = Infinity;
  for (const [index, size] of sizes.entries()) {
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX.checks || bytes + size > MAX.bytes) {
      batches.push([index]);
      bytes = size;
    } else {
      last.push(index);
      bytes += size;
    }
  }
  return batches;
}
