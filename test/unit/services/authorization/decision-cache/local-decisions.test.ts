import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LocalDecisions } from '../../../../../src/services/authorization/decision-cache/local-decisions.js';
import type { RememberedVerdict } from '../../../../../src/services/authorization/decision-cache/verdict-text.js';

const remembered = (policies: string): RememberedVerdict => ({
  verdict: { reason: 'PERMITTED', determiningPolicies: [], errors: [] },
  policies,
  epoch: 'e',
  evaluatedAt: 0,
  expiresAt: 1,
});

describe('LocalDecisions', () => {
  it('finds what was kept last under the very same key, or nothing', () => {
    const key = fc.record({
      asked: fc.constantFrom('', '1', '1 2'),
      resource: fc.constantFrom('a', '2 a', '1 2 a'),
      facts: fc.constantFrom('', '1', '2'),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { size: 'large' }), (steps) => {
        const decisions = new LocalDecisions({ maxDecisions: 1_000, maxCharacters: 1_000_000 });
        const model = new Map<string, RememberedVerdict>();
        for (const [number, [where, keeps]] of steps.entries()) {
          const name = JSON.stringify([where.asked, where.resource, where.facts]);
          if (keeps) {
            const entry = remembered(`v${number}`);
            decisions.set(where, entry);
            model.set(name, entry);
          }
          expect(decisions.get(where)).toBe(model.get(name));
        }
      }),
    );
  });

  it('takes no more room than it was given, and never finds one thing for another', () => {
    const decisions = new LocalDecisions({ maxDecisions: 10, maxCharacters: 100_000 });
    const keys = Array.from({ length: 200 }, (_, index) => ({
      asked: `may person ${index % 40} see it`,
      resource: `thing ${index}`,
      facts: `in box ${index % 30}`,
    }));
    for (const [index, key] of keys.entries()) decisions.set(key, remembered(`v${index}`));
    const found = keys.map((key) => decisions.get(key)?.policies);
    expect(found.filter((policies) => policies !== undefined)).toHaveLength(10);
    expect(found.slice(-10)).toEqual(keys.slice(-10).map((_, index) => `v${190 + index}`));
  });
});
