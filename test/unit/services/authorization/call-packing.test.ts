import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fits, packQuestions } from '../../../../src/services/authorization/call-packing.js';
import { entitySlice } from '../../../../src/services/authorization/entity-slice.js';
import type { CedarEntity, EntityUid, Question } from '../../../../src/services/authorization/question.js';
import { indexEntities } from '../../../../src/services/cedar/entity-closure.js';

const CAPACITY = 6;
const LIMITS = { maxPrincipals: CAPACITY, maxResources: CAPACITY };

const uid = (type: string, id: number | string): EntityUid => ({ type, id: String(id) });

/** People count as principals and things as resources; places count as neither. */
const KNOWN = indexEntities(
  ['Person', 'Thing', 'Place'].flatMap((type) =>
    Array.from({ length: 50 }, (_, id): CedarEntity => ({ uid: uid(type, id), attrs: {}, parents: [] })),
  ),
);

const naming = (place: number, named: readonly EntityUid[]): Question => ({
  principal: uid('Person', 'asker'),
  action: uid('Action', 'view'),
  resource: uid('Thing', `asked for ${place}`),
  context: { named: named.map(({ type, id }) => ({ __entity: { type, id } })) },
});

type Plan = readonly (readonly number[])[];

const select = (questions: readonly Question[], places: readonly number[]) =>
  questions.filter((_, place) => places.includes(place));

const fit = (questions: readonly Question[]) => fits(questions, entitySlice(questions, KNOWN), LIMITS);

function expectPacked(questions: readonly Question[], plan: Plan) {
  expect(plan.flat().sort((a, b) => a - b)).toEqual([...questions.keys()]);
  for (const places of plan) {
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.length === 1 || fit(select(questions, places))).toBe(true);
  }
}

/** What it takes to halve whatever does not fit. */
function callsByHalving(questions: readonly Question[]): number {
  if (questions.length === 1 || fit(questions)) return 1;
  const middle = Math.ceil(questions.length / 2);
  return callsByHalving(questions.slice(0, middle)) + callsByHalving(questions.slice(middle));
}

/** The fewest calls for which some way to fill them is found, of all that there are. */
function fewestCalls(questions: readonly Question[], calls: readonly (readonly Question[])[] = []): number {
  const [next, ...others] = questions;
  if (next === undefined) return calls.length;
  const joining = calls.flatMap((call, at) => {
    const joined = [...call, next];
    return fit(joined) ? [fewestCalls(others, calls.with(at, joined))] : [];
  });
  return Math.min(...joining, fewestCalls(others, [...calls, [next]]));
}

const overlapping = fc
  .array(
    fc.uniqueArray(fc.tuple(fc.constantFrom('Person', 'Thing', 'Place'), fc.nat(11)), {
      maxLength: 8,
      selector: ([type, id]) => `${type} ${id}`,
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((sets) =>
    sets.map((named, place) =>
      naming(
        place,
        named.map(([type, id]) => uid(type, id)),
      ),
    ),
  );

const disjoint = fc
  .array(fc.integer({ min: 1, max: CAPACITY }), { minLength: 1, maxLength: 7 })
  .map((sizes) => {
    let next = 0;
    return sizes.map((size, place) =>
      naming(
        place,
        Array.from({ length: size }, () => uid('Person', next++)),
      ),
    );
  });

describe('packQuestions', () => {
  it('packs each question once, in the order asked, into calls that fit, never more than by halving', () => {
    fc.assert(
      fc.property(fc.oneof(overlapping, disjoint), (questions) => {
        const plan = packQuestions(questions, KNOWN, LIMITS);
        expectPacked(questions, plan);
        expect(plan.length).toBeLessThanOrEqual(callsByHalving(questions));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps to the bound of first-fit decreasing, against the best of all ways', () => {
    fc.assert(
      fc.property(disjoint, (questions) => {
        // G. Dósa, "The tight bound of first fit decreasing bin-packing algorithm", 2007.
        const bound = (11 * fewestCalls(questions) + 6) / 9;
        expect(packQuestions(questions, KNOWN, LIMITS).length).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('finds the neighbours that lead to the same people, whom the largest first would part', () => {
    const people = [
      [0, 5, 7],
      [2, 6, 7, 8],
      [0, 2, 3, 4, 7],
      [0, 3, 9],
    ];
    const questions = people.map((ids, place) =>
      naming(
        place,
        ids.map((id) => uid('Person', id)),
      ),
    );
    expect(packQuestions(questions, KNOWN, LIMITS)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('packs by the bytes too, and counts once what long questions share', () => {
    const shared = { uid: uid('Place', 'long'), attrs: { text: 'x'.repeat(400_000) }, parents: [] };
    const questions = Array.from({ length: 30 }, (_, place) => ({
      ...naming(place, [shared.uid]),
      action: uid('Action', 'x'.repeat(place % 2 === 0 ? 60_000 : 20_000)),
    }));
    const started = performance.now();
    const plan = packQuestions(questions, indexEntities([shared]));
    expect(performance.now() - started).toBeLessThan(1000);
    // Of the megabyte, 600 kB are left for the 1,200 kB of the requests.
    expect(plan.flat()).toHaveLength(30);
    expect(plan.length).toBe(3);
  });

  it('leaves alone what is too large by itself, or cannot be written', () => {
    const unspeakable = { ...naming(1, []), context: { number: 1n as unknown as number } };
    const tooLarge = naming(
      2,
      Array.from({ length: CAPACITY + 1 }, (_, id) => uid('Person', id)),
    );
    expect(packQuestions([naming(0, []), unspeakable, tooLarge, naming(3, [])], KNOWN, LIMITS)).toEqual(
      expect.arrayContaining([[0, 3], [1], [2]]),
    );
  });
});
