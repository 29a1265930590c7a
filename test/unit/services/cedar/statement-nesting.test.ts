import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { compilePolicySet } from '../../../../src/services/cedar/policy-set.js';
import { isTooDeeplyNested } from '../../../../src/services/cedar/statement-nesting.js';

const policy = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;

/** Ways to be deep, each of a given number of steps around an expression. */
const wrappers: Record<string, (inner: string, steps: number) => string> = {
  brackets: (inner, steps) => '('.repeat(steps) + inner + ')'.repeat(steps),
  negations: (inner, steps) => '!('.repeat(steps) + inner + ')'.repeat(steps),
  sums: (inner, steps) => `(1${' + 1'.repeat(steps)} == 1 && ${inner})`,
  attributes: (inner, steps) => `(context${'.a'.repeat(steps)} == 1 || ${inner})`,
  indexes: (inner, steps) => `(context${'["a"]'.repeat(steps)} == 1 || ${inner})`,
  conjunctions: (inner, steps) => `(${'true && '.repeat(steps)}${inner})`,
  conditionals: (inner, steps) => `(${'if true then '.repeat(steps)}${inner}${' else false'.repeat(steps)})`,
  chains: (inner, steps) => `(${'if false then true else '.repeat(steps)}${inner})`,
  sets: (inner, steps) => `([${'['.repeat(steps)}1${']'.repeat(steps)}].isEmpty() || ${inner})`,
  records: (inner, steps) => `(${'{a: '.repeat(steps)}1${'}'.repeat(steps)} == 1 || ${inner})`,
};

describe('isTooDeeplyNested', () => {
  it.each(Object.entries(wrappers))('refuses 500 %s and admits 20', (_name, wrap) => {
    expect(isTooDeeplyNested(policy(wrap('true', 500)))).toBe(true);
    expect(isTooDeeplyNested(policy(wrap('true', 20)))).toBe(false);
  });

  it('admits what is only long', () => {
    const entities = Array.from({ length: 2_000 }, (_, index) => `A::"${index}"`).join(', ');
    expect(isTooDeeplyNested(policy(`principal in [${entities}]`))).toBe(false);
    expect(isTooDeeplyNested(policy('true } '.concat('unless { false } '.repeat(200), 'when { true')))).toBe(
      false,
    );
    expect(isTooDeeplyNested(policy(Array(100).fill('context.a.b == "((((("').join(' || ')))).toBe(false);
  });

  it('admits nothing that the engine cannot bear, however it is mixed', () => {
    const engine = createCedarEngine();
    const steps = fc.tuple(fc.constantFrom(...Object.keys(wrappers)), fc.integer({ min: 1, max: 120 }));
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 6 }), (mixture) => {
        const condition = mixture.reduce(
          (inner, [name, count]) => wrappers[name]?.(inner, count) ?? inner,
          'true',
        );
        const statement = policy(condition);
        if (isTooDeeplyNested(statement)) return;
        const uid = (type: string) => ({ type, id: 'x' });
        compilePolicySet({ id: 'mixture', policies: [{ id: 'p', statement }] }, engine).decide({
          principal: uid('U'),
          action: uid('Action'),
          resource: uid('U'),
        });
        expect(engine.module.generation).toBe(1);
      }),
      { numRuns: 150 },
    );
  });
});
