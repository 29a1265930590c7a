import { expect, test } from 'vitest';

import { createMemoryAttemptStore } from '../../../../src/services/rate-limiting/memory-attempt-store.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { FakeClock } from '../../../support/fake-clock.js';

test('beyond its bound the store forgets whom it heard of last', async () => {
  const store = createMemoryAttemptStore({
    clock: new FakeClock(),
    randomness: systemRandomness,
    maxRecords: 20,
  });
  const keysOf = (account: string) => ({ here: `${account}:home`, anywhere: account });
  const fail = async (account: string) => {
    const start = await store.begin(keysOf(account));
    if (start.admitted) await store.settle(keysOf(account), start.ticket, 'failed');
  };
  for (let time = 0; time < 5; time += 1) await fail('alice');
  for (let other = 0; other < 9; other += 1) await fail(`other-${other}`);
  expect(await store.begin(keysOf('alice'))).toMatchObject({ admitted: false });
  for (let other = 9; other < 11; other += 1) await fail(`other-${other}`);
  expect(await store.begin(keysOf('alice'))).toMatchObject({ admitted: true });
});
