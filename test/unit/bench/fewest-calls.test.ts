import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CALL_CASES } from '../../../bench/call-cases.js';
import { fewestCalls, type Edge } from '../../../bench/fewest-calls.js';
import { planBatches } from '../../../src/services/authorization/batch-planner.js';
import { inquiryText, resourceText } from '../../../src/services/authorization/question.js';

const edge = (principal: string, resource: string): Edge => ({ principal, resource });
const edges = fc.uniqueArray(
  fc.record({ principal: fc.constantFrom('a', 'b', 'c'), resource: fc.constantFrom('x', 'y', 'z') }),
  { selector: ({ principal, resource }) => principal + resource, maxLength: 6 },
);

describe('fewestCalls', () => {
  it.each<[string, Edge[], number]>([
    ['nothing', [], 0],
    ['one question', [edge('a', 'x')], 1],
    ['more of one principal than a call takes', [edge('a', 'x'), edge('a', 'y'), edge('a', 'z')], 2],
    ['questions that share nothing', [edge('a', 'x'), edge('b', 'y')], 2],
    ['a path', [edge('a', 'x'), edge('b', 'x'), edge('b', 'y')], 2],
  ])('knows how many %s takes at two a call', (_, asked, calls) => {
    expect(fewestCalls(asked, 2)).toBe(calls);
  });

  it('is never more than the best of all plans has', () => {
    fc.assert(
      fc.property(edges, fc.integer({ min: 2, max: 4 }), (asked, capacity) => {
        expect(fewestCalls(asked, capacity)).toBeLessThanOrEqual(bestPlan(asked, capacity));
      }),
    );
  });
});

describe('the cases', () => {
  it('ask nothing twice', () => {
    for (const { questions } of CALL_CASES) {
      expect(
        new Set(questions.map((question) => `${inquiryText(question)} ${resourceText(question)}`)).size,
      ).toBe(questions.length);
    }
  });

  it('have plans with the fewest calls', () => {
    const planned = CALL_CASES.map(({ id, questions }) => [id, planBatches(questions).length]);
    const fewest = CALL_CASES.map(({ id, questions }) => [
      id,
      fewestCalls(
        questions.map(({ principal, resource }) => edge(principal.id, resource.id)),
        30,
      ),
    ]);
    expect(planned).toEqual(fewest);
  });
});

/** Puts each question into every call that takes it, or one of its own, and so through all plans. */
function bestPlan(
  asked: readonly Edge[],
  capacity: number,
  calls: readonly (readonly Edge[])[] = [],
): number {
  const [next, ...rest] = asked;
  if (next === undefined) return calls.length;
  const takes = (call: readonly Edge[]) =>
    call.length < capacity &&
    (call.every(({ principal }) => principal === next.principal) ||
      call.every(({ resource }) => resource === next.resource));
  const joined = calls.flatMap((call, index) =>
    takes(call) ? [bestPlan(rest, capacity, calls.with(index, [...call, next]))] : [],
  );
  return Math.min(bestPlan(rest, capacity, [...calls, [next]]), ...joined);
}
