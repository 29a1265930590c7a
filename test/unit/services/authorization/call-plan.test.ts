import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { planCalls, type PlannedCall } from '../../../../src/services/authorization/call-plan.js';
import { entitySlice } from '../../../../src/services/authorization/entity-slice.js';
import {
  resourceText,
  uidText,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
  type Question,
} from '../../../../src/services/authorization/question.js';
import { indexEntities } from '../../../../src/services/cedar/entity-closure.js';

const person = (id: string): EntityUid => ({ type: 'Identity::User', id });
const document = (id: string): EntityUid => ({ type: 'Documents::Document', id });
const entity = ({ type, id }: EntityUid) => ({ __entity: { type, id } });

const ask = (principal: string, resource: string, resourceAttributes?: CedarRecord): Question => ({
  principal: person(principal),
  action: { type: 'Documents::Action', id: 'view' },
  resource: document(resource),
  context: {},
  ...(resourceAttributes && { resourceAttributes }),
});

const naming = (question: Question, people: readonly EntityUid[]): Question => ({
  ...question,
  context: { people: people.map(entity) },
});

const NOTHING = indexEntities([]);
const [X, Y] = [{ level: 1 }, { level: 2 }];

const placesOf = (calls: readonly PlannedCall[]) => calls.map(({ places }) => places);

/** How many principals a call has, or resources where these are fewer. */
const spread = ({ questions }: PlannedCall): number =>
  Math.min(
    new Set(questions.map(({ principal }) => uidText(principal))).size,
    new Set(questions.map(({ resource }) => uidText(resource))).size,
  );

function expectValid(questions: readonly Question[], known: readonly CedarEntity[]) {
  const index = indexEntities(known);
  const calls = planCalls(questions, index);
  expect(
    placesOf(calls)
      .flat()
      .sort((a, b) => a - b),
  ).toEqual([...questions.keys()]);
  for (const call of calls) {
    expect(call.questions).toEqual(call.places.map((place) => questions[place]));
    expect(call.questions.length).toBeLessThanOrEqual(30);
    expect(spread(call)).toBe(1);
    // Described in two ways, a resource would have two texts.
    const described = call.questions.filter(({ resourceAttributes }) => resourceAttributes !== undefined);
    expect(new Set(described.map(resourceText)).size).toBe(
      new Set(described.map(({ resource }) => uidText(resource))).size,
    );
    for (const question of call.questions) {
      // In a call, a question leads to what it leads to alone, and to nothing that others brought.
      const { principal, action, resource, context } = question;
      const inCall = entitySlice([{ principal, action, resource, context }], indexEntities(call.entities));
      expect(inCall).toEqual(entitySlice([question], index));
    }
  }
}

const names = fc.constantFrom('a', 'b', 'c', 'd');
const questions = fc.array(
  fc
    .record({
      question: fc.tuple(names, names),
      description: fc.option(
        fc.record(
          { level: fc.nat(2), other: fc.option(names, { nil: undefined }) },
          { requiredKeys: ['level'] },
        ),
        { nil: undefined },
      ),
      inContext: fc.option(names, { freq: 1 }),
    })
    .map(({ question: [principal, resource], description, inContext }): Question => {
      const { level, other } = description ?? {};
      const brought = level !== undefined && { level, ...(other && { other: entity(document(other)) }) };
      const question = ask(principal, resource, brought || undefined);
      return inContext === null ? question : naming(question, [document(inContext)]);
    }),
  { maxLength: 12 },
);
/** Documents that name others. */
const stored = fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { maxKeys: 2 }).map((all) =>
  Object.entries(all).map(([id, parents]): CedarEntity => ({
    uid: document(id),
    attrs: {},
    parents: parents.map(document),
  })),
);

describe('planCalls', () => {
  it('plans nothing for no questions', () => {
    expect(planCalls([], NOTHING)).toEqual([]);
  });

  it('parts nothing for the sake of what would share no call', () => {
    const asked = [ask('alice', '1', X), ask('alice', '3', X), ask('bob', '2', Y), ask('bob', '1', Y)];
    expect(placesOf(planCalls(asked, NOTHING))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('gives a call to each person, who describe what they share in their own way', () => {
    const people = ['alice', 'bob', 'carol'];
    const asked = [
      ...people.map((name, level) => ask(name, 'shared', { level })),
      ...[1, 2, 3, 4, 5, 6].flatMap((own) => people.map((name) => ask(name, `${name} ${own}`, X))),
    ];
    expect(planCalls(asked, NOTHING).map(({ places }) => places.length)).toEqual([7, 7, 7]);
  });

  it('gives a call to each description, where people share them', () => {
    const asked = ['alice', 'bob'].flatMap((name) => [ask(name, '1', X), ask(name, '1', Y)]);
    expect(placesOf(planCalls(asked, NOTHING))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('asks each question once, in a call that shares an end and where no other one describes what it leads to', () => {
    fc.assert(
      fc.property(questions, stored, (asked, known) => {
        expectValid(asked, known);
      }),
      { numRuns: 1000 },
    );
  });

  it('packs what leads to too many entities into the fewest calls', () => {
    const people = Array.from({ length: 178 }, (_, index) => person(String(index)));
    const known = people.map((uid): CedarEntity => ({ uid, attrs: {}, parents: [] }));
    const asked = (...sizes: number[]) => {
      let next = 0;
      return sizes.map((size, place) =>
        naming(ask('alice', String(place)), people.slice(next, (next += size))),
      );
    };
    const planned = (...sizes: number[]) => placesOf(planCalls(asked(...sizes), indexEntities(known)));
    expect(planned(50, 50)).toEqual([[0, 1]]);
    expect(planned(50, 50, 1)).toEqual([[0, 1], [2]]);
    expect(planned(49, 49, 30, 30, 10, 10)).toEqual([
      [0, 1],
      [2, 3, 4, 5],
    ]);
    expectValid(asked(49, 49, 30, 30, 10, 10), known);
  });

  it('plans a thousand described questions in an instant', () => {
    const asked = Array.from({ length: 1000 }, (_, index) =>
      ask(String(index % 20), String(index % 77), { level: index % 3 }),
    );
    const started = performance.now();
    const calls = planCalls(asked, NOTHING);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(calls.flatMap(({ places }) => places)).toHaveLength(1000);
  });
});
