/**
 * Leaves out of something that fails what it fails without: whole stretches first, then shorter ones, at last each part by
 * itself until none can be spared, by delta debugging (Zeller and Hildebrandt, 2002).
 *
 * @param goesOn asked before each try: is there time for another?
 */
export async function smallest<T>(
  whole: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
  goesOn: () => boolean = () => true,
): Promise<readonly T[]> {
  let kept = whole;
  for (let size = kept.length; size >= 1;) {
    const before = kept.length;
    for (let start = 0; start < kept.length;) {
      if (!goesOn()) return kept;
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (await fails(rest)) kept = rest;
      else start += size;
    }
    // What could not be spared may be now.
    if (size > 1 || kept.length === before) size = Math.floor(size / 2);
  }
  return kept;
}
