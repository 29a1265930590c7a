import { expect, it } from 'vitest';

import { inTurn } from '../../../../../examples/web/src/session/in-turn.js';

it('begins nothing before what came earlier has ended, well or not', async () => {
  const run = inTurn();
  const events: string[] = [];
  const work = (name: string, end: () => string) =>
    run(async () => {
      events.push(`${name} begins`);
      await Promise.resolve();
      events.push(`${name} ends`);
      return end();
    });
  const [first, second] = await Promise.allSettled([
    work('first', () => {
      throw new Error('It came to nothing.');
    }),
    work('second', () => 'done'),
  ]);
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect([first.status, second]).toEqual(['rejected', { status: 'fulfilled', value: 'done' }]);
});
