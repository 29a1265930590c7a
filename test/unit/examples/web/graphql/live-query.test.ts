import { expect, it } from 'vitest';

import { Failure } from '../../../../../examples/web/src/graphql/failure.js';
import { LiveQuery } from '../../../../../examples/web/src/graphql/live-query.js';

interface Pending {
  resolve(answer: string): void;
  reject(failure: Failure): void;
}

/** A query whose answers come when the test lets them. */
function start() {
  const pending: Pending[] = [];
  const query = new LiveQuery(
    () => new Promise<string>((resolve, reject) => pending.push({ resolve, reject })),
  );
  return { query, pending };
}

it('asks when somebody begins to look, and tells them', async () => {
  const { query, pending } = start();
  expect(query.read()).toEqual({ data: null, failure: null });
  const told = new Promise<void>((resolve) => query.subscribe(resolve));
  pending[0]!.resolve('people');
  await told;
  expect(query.read()).toEqual({ data: 'people', failure: null });
});

it('shows the answer to what was asked last, though an older one comes later', async () => {
  const { query, pending } = start();
  const asked = [query.reload(), query.reload()];
  pending[1]!.resolve('new');
  pending[0]!.resolve('old');
  await Promise.all(asked);
  expect(query.read().data).toBe('new');
});

it('keeps what it has where it cannot be asked again, and says why', async () => {
  const { query, pending } = start();
  const first = query.reload();
  pending[0]!.resolve('people');
  await first;
  const second = query.reload();
  pending[1]!.reject(new Failure('UNREACHABLE', 'No answer.'));
  await second;
  expect(query.read()).toMatchObject({ data: 'people', failure: { code: 'UNREACHABLE' } });
});

it('tells nobody who has looked away', async () => {
  const { query, pending } = start();
  let told = 0;
  const stop = query.subscribe(() => told++);
  stop();
  const again = query.reload();
  for (const answer of pending) answer.resolve('people');
  await again;
  expect(told).toBe(0);
});
