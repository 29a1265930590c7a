import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  AVP_BATCH_LIMITS,
  planBatches,
  type BatchLimits,
} from '../../../../src/services/authorization/batch-planner.js';

interface Ends {
  readonly principal: { readonly type: string; readonly id: string };
  readonly resource: { readonly type: string; readonly id: string };
}

const ask = (principal: number | string, resource: number | string): Ends => ({
  principal: { type: 'Person', id: String(principal) },
  resource: { type: 'Thing', id: String(resource) },
});

const withCapacity = (capacity: number): BatchLimits => ({ ...AVP_BATCH_LIMITS, capacity });

/** The fewest calls of any plan: every way to give each question to its principal or to its resource is tried. */
function fewestCalls(questions: readonly Ends[], capacity: number): number {
  let fewest = Infinity;
  for (let choice = 0; choice < 2 ** questions.length; choice++) {
    const sizes = new Map<string, number>();
    questions.forEach(({ principal, resource }, index) => {
      const group = (choice >> index) & 1 ? `resource ${resource.id}` : `principal ${principal.id}`;
      sizes.set(group, (sizes.get(group) ?? 0) + 1);
    });
    fewest = Math.min(
      fewest,
      [...sizes.values()].reduce((calls, size) => calls + Math.ceil(size / capacity), 0),
    );
  }
  return fewest;
}

/** Principals and resources that more questions name than a call holds. */
function countOverflowing(questions: readonly Ends[], capacity: number): number {
  const counts = new Map<string, number>();
  for (const { principal, resource } of questions) {
    for (const end of [`principal ${principal.id}`, `resource ${resource.id}`]) {
      counts.set(end, (counts.get(end) ?? 0) + 1);
    }
  }
  return [...counts.values()].filter((count) => count > capacity).length;
}

const distinct = (values: Iterable<string>) => new Set(values).size;

function expectValid(questions: readonly Ends[], plan: readonly (readonly number[])[], capacity: number) {
  expect(plan.flat().sort((a, b) => a - b)).toEqual([...questions.keys()]);
  for (const call of plan) {
    expect(call.length).toBeGreaterThan(0);
    expect(call.length).toBeLessThanOrEqual(capacity);
    const principals = distinct(call.map((index) => questions[index]?.principal.id ?? ''));
    const resources = distinct(call.map((index) => questions[index]?.resource.id ?? ''));
    expect(Math.min(principals, resources)).toBe(1);
  }
}

const smallGraphs = fc.array(
  fc.tuple(fc.nat(4), fc.nat(4)).map(([principal, resource]) => ask(principal, resource)),
  { maxLength: 9 },
);

describe('planBatches', () => {
  it('plans nothing for no questions', () => {
    expect(planBatches([])).toEqual([]);
  });

  it('puts one principal with many resources into as few calls as the capacity admits', () => {
    const questions = Array.from({ length: 150 }, (_, index) => ask('viewer', index));
    expect(planBatches(questions)).toHaveLength(5);
  });

  it('puts many principals with one resource into as few calls as the capacity admits', () => {
    const questions = Array.from({ length: 61 }, (_, index) => ask(index, 'document'));
    expect(planBatches(questions)).toHaveLength(3);
  });

  it('covers a star of principals and a star of resources with two calls', () => {
    const questions = [
      ask('a', 1),
      ask('a', 2),
      ask('a', 3),
      ask('b', 9),
      ask('c', 9),
      ask('d', 9),
      ask('a', 9),
    ];
    expect(planBatches(questions)).toHaveLength(2);
  });

  it('keeps apart uids of another type with the same id', () => {
    const user = { type: 'User', id: 'x' };
    const service = { type: 'Service', id: 'x' };
    const questions = [
      { principal: user, resource: user },
      { principal: service, resource: service },
    ];
    expect(planBatches(questions)).toHaveLength(2);
  });

  it('counts a resource once for each way in which it is described', () => {
    const questions = ['a', 'b', 'c'].flatMap((name, level) =>
      ['own', 'shared'].map((thing) => ({ ...ask(name, thing), resourceAttributes: { level } })),
    );
    expect(planBatches(questions)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it('takes the resources of a smallest cover where the principals would overflow', () => {
    // The viewer asks about each of 12 documents, and so does one more person about each: whether the documents
    // or the persons are taken, the cover has 13 vertices, but the documents relieve the viewer.
    const documents = Array.from({ length: 12 }, (_, index) => index);
    const questions = [
      ask('viewer', 'own'),
      ...documents.map((document) => ask('viewer', document)),
      ...documents.map((document) => ask(`reader ${document}`, document)),
    ];
    expect(planBatches(questions, withCapacity(4))).toHaveLength(13);
  });

  it('obeys the limits of principals and resources where they are below the capacity', () => {
    const questions = Array.from({ length: 12 }, (_, index) => ask('viewer', index));
    expect(planBatches(questions, { capacity: 30, maxPrincipals: 100, maxResources: 5 })).toHaveLength(3);
  });

  it('partitions the questions into calls that share a principal or a resource', () => {
    fc.assert(
      fc.property(smallGraphs, fc.integer({ min: 2, max: 4 }), (questions, capacity) => {
        expectValid(questions, planBatches(questions, withCapacity(capacity)), capacity);
      }),
    );
  });

  it('needs no more calls than the best of all plans, where no group is cut', () => {
    fc.assert(
      fc.property(smallGraphs, (questions) => {
        expect(planBatches(questions)).toHaveLength(fewestCalls(questions, AVP_BATCH_LIMITS.capacity));
      }),
    );
  });

  it('needs at most one call more for each principal or resource that a call cannot hold', () => {
    fc.assert(
      fc.property(smallGraphs, fc.integer({ min: 2, max: 4 }), (questions, capacity) => {
        const fewest = fewestCalls(questions, capacity);
        const { length } = planBatches(questions, withCapacity(capacity));
        expect(length).toBeGreaterThanOrEqual(fewest);
        expect(length).toBeLessThanOrEqual(fewest + countOverflowing(questions, capacity));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the bound it states, where groups are cut', () => {
    fc.assert(
      fc.property(smallGraphs, fc.integer({ min: 2, max: 4 }), (questions, capacity) => {
        const { length } = planBatches(questions, withCapacity(capacity));
        const cover = fewestCalls(questions, questions.length + 1);
        expect(length).toBeLessThanOrEqual(cover + Math.floor((questions.length - cover) / capacity));
        expect(length).toBeLessThan(2 * Math.max(1, fewestCalls(questions, capacity)));
      }),
    );
  });

  it('plans 1,000 questions of a dense graph and of a single principal in an instant', () => {
    const single = Array.from({ length: 1000 }, (_, index) => ask('viewer', index));
    const dense = Array.from({ length: 1000 }, (_, index) => ask(index % 40, (index * 7) % 90));
    const pairs = Array.from({ length: 1000 }, (_, index) => ask(index, (index * 13) % 1000));
    const started = performance.now();
    expect(planBatches(single)).toHaveLength(34);
    expectValid(dense, planBatches(dense), AVP_BATCH_LIMITS.capacity);
    expect(planBatches(pairs)).toHaveLength(1000);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
