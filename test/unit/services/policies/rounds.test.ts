import { describe, expect, it } from 'vitest';

import { createRounds } from '../../../../src/services/policies/rounds.js';

/** Work that ends when the test says so. */
function setUp() {
  const ends: (() => void)[] = [];
  const round = createRounds(() => new Promise<void>((resolve) => ends.push(resolve)));
  return { round, ends };
}

/** Whether a promise has resolved by the time that everything ready has run. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise(setImmediate);
  return done;
}

describe('rounds', () => {
  it('begin at once where nothing is under way', async () => {
    const { round, ends } = setUp();
    const first = round();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    expect(await isDone(first)).toBe(true);
    void round();
    expect(ends).toHaveLength(2);
  });

  it('that are asked for during another are one more, begun after it', async () => {
    const { round, ends } = setUp();
    void round();
    const [second, third] = [round(), round()];
    ends[0]?.();
    expect(await isDone(second)).toBe(false);
    expect(ends).toHaveLength(2);
    const fourth = round();
    ends[1]?.();
    expect([await isDone(second), await isDone(third), await isDone(fourth)]).toEqual([true, true, false]);
    expect(ends).toHaveLength(3);
  });
});
