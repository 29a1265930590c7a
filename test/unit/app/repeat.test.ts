import { EventEmitter, once } from 'node:events';

import { expect, it } from 'vitest';

import { repeat } from '../../../src/app/repeat.js';

it('works at once and again, one time after the other, until it is stopped', async () => {
  let [began, ended] = [0, 0];
  const signals = new EventEmitter();
  const thirdTime = once(signals, 'third time');
  const mayEnd = once(signals, 'may end');
  const stop = repeat(async () => {
    expect(began).toBe(ended);
    began += 1;
    if (began === 3) {
      signals.emit('third time');
      await mayEnd;
    }
    ended += 1;
  }, 0);
  await thirdTime;
  const stopped = stop();
  expect(ended).toBe(2);
  signals.emit('may end');
  await stopped;
  expect([began, ended]).toEqual([3, 3]);
});

it('does not wait for its next time when it is stopped', async () => {
  let times = 0;
  const stop = repeat(async () => void (times += 1), 3_600_000);
  await stop();
  expect(times).toBe(1);
});
