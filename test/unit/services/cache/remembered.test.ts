import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createRemembered } from '../../../../src/services/cache/remembered.js';
import { FakeClock } from '../../../support/fake-clock.js';

it('holds values strictly until their moment', () => {
  const clock = new FakeClock();
  const remembered = createRemembered<string>(clock, 10);
  remembered.set('a', 'one', new Date(clock.now().getTime() + 1_000));
  clock.advance(999);
  expect(remembered.get('a')).toBe('one');
  clock.advance(1);
  expect(remembered.get('a')).toBeUndefined();
});

it('answers as a list of the values used last would', () => {
  const step = fc.record({ write: fc.boolean(), key: fc.constantFrom(...'abcdef'), value: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new FakeClock();
      const remembered = createRemembered<number>(clock, 3);
      const later = new Date(clock.now().getTime() + 1);
      let model: [string, number][] = [];
      for (const { write, key, value } of steps) {
        const held = model.find(([known]) => known === key);
        if (write) remembered.set(key, value, later);
        else expect(remembered.get(key)).toBe(held?.[1]);
        const now = write ? ([key, value] as [string, number]) : held;
        if (now) model = [...model.filter(([known]) => known !== key), now].slice(-3);
      }
    }),
  );
});
