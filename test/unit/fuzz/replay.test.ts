import { describe, expect, it } from 'vitest';

import { reproduce, type Failure } from '../../../fuzz/replay.js';
import type { Stage } from '../../../fuzz/stage.js';

const STEPS = 20;
const BUG = new Error('a bug');

/** Four rounds that leave something behind; they fail by what was played of all of them. */
async function open(isBug: (played: ReadonlySet<unknown>) => boolean): Promise<Stage> {
  const played = new Set<unknown>();
  let rounds = 0;
  return {
    nextRound() {
      const number = (rounds += 1) - 1;
      return {
        steps: Array.from({ length: STEPS }, (_, index) => ({ shown: `${number}.${index}` })),
        async play(kept) {
          for (const { shown } of kept) played.add(shown);
          if (isBug(played)) throw BUG;
        },
      };
    },
    close: async () => {},
  };
}

const failure: Failure = { seed: 1, first: 0, last: 3, steps: [STEPS, STEPS, STEPS, STEPS], cause: BUG };

describe('a reproduction', () => {
  it('takes no more steps than it needs, of the rounds before as well', async () => {
    const found = await reproduce(
      () => open((played) => ['1.4', '3.0', '3.17'].every((step) => played.has(step))),
      failure,
      () => true,
    );
    expect([...(found?.rounds ?? [])]).toEqual([
      [1, [{ shown: '1.4' }]],
      [3, [{ shown: '3.0' }, { shown: '3.17' }]],
    ]);
    expect(found?.cause).toBe(BUG);
  });

  it('is none of something else that goes wrong, nor of what does not go wrong again', async () => {
    const never = () => open(() => false);
    expect(await reproduce(never, failure, () => true)).toBeUndefined();
    const otherwise = { ...failure, cause: new Error('another bug') };
    expect(
      await reproduce(
        () => open(() => true),
        otherwise,
        () => true,
      ),
    ).toBeUndefined();
  });
});
