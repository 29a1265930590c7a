/**
 * Makes a function that does some work, one time after the other. What it answers resolves after a time that began when it
 * was called or later: whoever calls while work is under way waits, with all others who do, for one more.
 *
 * @param work never rejects
 */
export function createRounds(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const begin = (): Promise<void> => {
    next = undefined;
    underWay = work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  return () => (underWay === undefined ? begin() : (next ??= underWay.then(begin)));
}
