import { describe, expect, it } from 'vitest';

import { createCallBudget } from '../../../../src/services/authorization/call-budget.js';
import { FakeClock } from '../../../support/fake-clock.js';

const never = () => new Promise<never>(() => {});
const patience = () => new AbortController().signal;

describe('createCallBudget', () => {
  it('hands on what a call answers, and what it fails with', async () => {
    const budget = createCallBudget({ concurrency: 1, clock: new FakeClock() });
    expect(await budget.run(async () => 'answer', 1, patience())).toBe('answer');
    await expect(budget.run(() => Promise.reject(new Error('no')), 1, patience())).rejects.toThrow('no');
    expect(await budget.run(async () => 'again', 1, patience())).toBe('again');
  });

  it('never makes a call whose turn comes too late', async () => {
    const budget = createCallBudget({ concurrency: 1, clock: new FakeClock() });
    void budget.run(never, 1, patience());
    const impatient = new AbortController();
    let isMade = false;
    const call = budget.run(async () => (isMade = true), 1, impatient.signal);
    impatient.abort(new Error('too late'));
    await expect(call).rejects.toThrow('too late');
    expect(isMade).toBe(false);
  });

  it('makes no more calls within a second than it may', async () => {
    const budget = createCallBudget({ perSecond: 3, concurrency: 10, clock: new FakeClock() });
    const impatient = new AbortController();
    let made = 0;
    const calls = Array.from({ length: 5 }, () => budget.run(async () => (made += 1), 1, impatient.signal));
    await Promise.all(calls.slice(0, 3));
    impatient.abort(new Error('too late'));
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(made).toBe(3);
  });

  it('makes those first of which few are made together', async () => {
    const budget = createCallBudget({ concurrency: 1, clock: new FakeClock() });
    const made: string[] = [];
    const call = (name: string, among: number) =>
      budget.run(async () => void made.push(name), among, patience());
    await Promise.all([call('first', 9), call('many', 9), call('some', 3), call('one', 1), call('many', 9)]);
    expect(made).toEqual(['first', 'one', 'some', 'many', 'many']);
  });

  it('says how many calls could begin now', async () => {
    const clock = new FakeClock();
    const budget = createCallBudget({ perSecond: 4, concurrency: 3, clock });
    expect(budget.free).toBe(3);
    void budget.run(never, 1, patience());
    expect(budget.free).toBe(2);
    await budget.run(async () => 1, 1, patience());
    await budget.run(async () => 2, 1, patience());
    expect(budget.free).toBe(1);
    clock.advance(1_000);
    expect(budget.free).toBe(2);
  });
});
