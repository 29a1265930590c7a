import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createStoreCalls } from '../../../../src/services/policies/store-calls.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const patience = () => new AbortController().signal;

it('no more calls begin within any second than the rate', async () => {
  const call = createStoreCalls({ perSecond: 8, deadline: patience });
  const began: number[] = [];
  const all = Promise.all(
    Array.from({ length: 40 }, () => call(patience(), async () => void began.push(Date.now()))),
  );
  await vi.runAllTimersAsync();
  await all;
  expect(began).toHaveLength(40);
  for (const start of began) {
    expect(began.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(8);
  }
});

it('calls that wait are given up with their round, and those under way end with their patience', async () => {
  const round = new AbortController();
  const slow = new AbortController();
  const call = createStoreCalls({ perSecond: 1, deadline: () => slow.signal });
  const underWay = call(round.signal, () => new Promise(() => {}));
  slow.abort(new Error('Too slow.'));
  await expect(underWay).rejects.toThrow('Too slow.');
  const waiting = call(round.signal, () => Promise.resolve());
  round.abort(new Error('Stopped.'));
  await expect(waiting).rejects.toThrow('Stopped.');
});
