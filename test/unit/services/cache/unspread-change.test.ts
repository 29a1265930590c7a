import { expect, test } from 'vitest';

import { throughAllSteps, UnspreadChangeError } from '../../../../src/services/cache/unspread-change.js';

const unspread = () => new UnspreadChangeError(30_000, new Error('Redis does not answer.'));

test('all steps are taken where changes cannot be spread, and the first of them is told', async () => {
  const taken: number[] = [];
  const [first, second] = [unspread(), unspread()];
  const step = (number: number, error?: Error) => async () => {
    taken.push(number);
    if (error) throw error;
  };
  await expect(throughAllSteps(step(1), step(2, first), step(3, second), step(4))).rejects.toBe(first);
  expect(taken).toEqual([1, 2, 3, 4]);
});

test('a step that fails is the last one', async () => {
  const failure = new Error('Cognito does not answer.');
  const taken: number[] = [];
  await expect(
    throughAllSteps(
      async () => {
        throw unspread();
      },
      async () => {
        throw failure;
      },
      async () => void taken.push(3),
    ),
  ).rejects.toBe(failure);
  expect(taken).toEqual([]);
});
