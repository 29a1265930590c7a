import fc from 'fast-check';
import { expect, it } from 'vitest';

import { packBatches } from '../../../src/authorize/batches.js';

it('every question is in one batch, in the order asked, and no batch could take the first of the next', () => {
  const sizes = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 12_000_000 })),
    {
      maxLength: 3_000,
      size: 'max',
    },
  );
  fc.assert(
    fc.property(sizes, (each) => {
      const batches = packBatches(each);
      expect(batches.flat()).toEqual([...each.keys()]);
      const bytes = (batch: readonly number[]) => batch.reduce((sum, index) => sum + (each[index] ?? 0), 0);
      for (const [number, batch] of batches.entries()) {
        expect(batch.length).toBeLessThanOrEqual(1_000);
        if (batch.length > 1) expect(bytes(batch)).toBeLessThanOrEqual(8_000_000);
        const next = batches[number + 1]?.[0];
        if (next === undefined) continue;
        expect(batch.length === 1_000 || bytes([...batch, next]) > 8_000_000).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
