import { deepStrictEqual } from 'node:assert/strict';

import type { BareDecide } from './bare-cedar.js';
import { profileDecisions } from './decision-work.js';
import { openBareEngine, openLocalEngine, type LocalEngine, type PolicyKind } from './local-engine.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { questions, type BenchQuestion } from './policies.js';
import { median, medianRatio, takeTurns } from './rounds.js';

/** What is asked together. */
const BATCH = 100;
const FEW = 20;
/** So many people, each with policies of their own, that nothing prepared for one is found when they ask again. */
const MANY = 900;
const COUNTS = [5, 500, 5_000] as const;
const PROFILED_MS = 1_500;

/**
 * Microseconds a decision of the engine in this process, cold, against a bare loop of cedar-wasm over the very same questions,
 * and against itself with more policies, none of which can match any of them.
 */
export async function measureDecisions(effort: Effort): Promise<Measurement[]> {
  return [
    ...(await measureKind('static', effort)),
    ...(await measureKind('linked', effort)),
    ...(await measurePeopleWithPolicies(effort)),
  ];
}

async function measureKind(kind: PolicyKind, { rounds }: Effort): Promise<Measurement[]> {
  const asked = questions(BATCH);
  const engines = COUNTS.map((count) => ({ count, kind, sharedWith: 'strangers' as const })).map(
    (choice) => ({
      ours: openLocalEngine(choice),
      bare: openBareEngine(choice),
    }),
  );
  // A bare loop over all of them takes seconds where there are many policies.
  const fewAsked = asked.slice(0, FEW);
  for (const { ours, bare } of engines) await assertSame(ours, bare, fewAsked);
  const [few, some, many] = engines;
  if (!few || !some || !many) throw new Error('An engine is missing.');

  // A short round meets less of what else the machine does, and many give a median that holds; the first warms up.
  const short = await takeTurns(
    {
      alone: () => microseconds(asked.length, () => decideAlone(few.ours, asked), 50),
      ours: () => microseconds(asked.length, () => few.ours.decide(asked), 50),
      bare: () => microseconds(asked.length, () => decideBare(few.bare, asked), 50),
      some: () => microseconds(asked.length, () => some.ours.decide(asked), 50),
      many: () => microseconds(asked.length, () => many.ours.decide(asked), 50),
    },
    rounds * 8 + 1,
  );
  const long = await takeTurns(
    {
      some: () => microseconds(asked.length, () => some.ours.decide(asked), 100),
      someBare: () => microseconds(FEW, () => decideBare(some.bare, fewAsked), 100),
      many: () => microseconds(asked.length, () => many.ours.decide(asked), 100),
      manyBare: () => microseconds(FEW, () => decideBare(many.bare, fewAsked), 100),
    },
    rounds,
  );
  const { alone, ours, bare, ...more } = mapValues(short, (samples) => samples.slice(1));

  const id = kind === 'static' ? 'c' : 'c-linked';
  const what = kind === 'static' ? 'policies' : 'policies, linked to templates';
  const described = (count: number) =>
    `a decision in a batch of ${BATCH}, ${count.toLocaleString('en-US')} ${what}`;
  const quantity = (samples: readonly number[]) => ({ value: median(samples), unit: 'µs' });
  const against = (samples: readonly number[]) => ({ name: 'statefulIsAuthorized', ...quantity(samples) });
  const callsBefore = few.ours.cedarCalls();
  await few.ours.decide(asked);
  const calls = few.ours.cedarCalls() - callsBefore;
  const growth = (count: number, samples: readonly number[], aim: Measurement['aim']): Measurement => ({
    id: `${id}-${count}-growth`,
    title: `${described(count)}, the added ones in no question's scope: time taken`,
    ours: quantity(samples),
    peer: { name: 'ours with 5', ...quantity(ours) },
    value: medianRatio(samples, ours),
    unit: TIMES,
    aim,
  });
  const times = (count: number, name: 'some' | 'many', aim: Measurement['aim']): Measurement => ({
    id: `${id}-${count}`,
    title: `${described(count)}: times as fast`,
    ours: quantity(long[name]),
    peer: against(long[`${name}Bare`]),
    value: medianRatio(long[`${name}Bare`], long[name]),
    unit: TIMES,
    aim,
  });
  return [
    {
      id: `${id}-5`,
      title: `${described(5)}: time taken`,
      ours: quantity(ours),
      peer: against(bare),
      value: medianRatio(ours, bare),
      unit: TIMES,
      aim: { relation: '≤', bound: 1.2 },
      ...(kind === 'static' && {
        detail: [
          `Of ${BATCH} questions Cedar tells ${calls} apart, and is asked those.`,
          'In a batch, a decision takes',
          ...(await profileDecisions(async () => (await few.ours.decide(asked)).length, PROFILED_MS)),
          'Asked alone, it takes',
          ...(await profileDecisions(() => decideAlone(few.ours, asked), PROFILED_MS)),
        ],
      }),
    },
    {
      id: `${id}-5-alone`,
      title: `a decision asked alone, 5 ${what}: time taken`,
      ours: quantity(alone),
      peer: against(bare),
      value: medianRatio(alone, bare),
      unit: TIMES,
      aim: null,
    },
    times(500, 'some', null),
    growth(500, more.some, null),
    times(5_000, 'many', { relation: '≥', bound: 50 }),
    growth(5_000, more.many, { relation: '≤', bound: 1.2 }),
  ];
}

/** Where most policies are about one of the people each, so that each question has policies of its own. */
async function measurePeopleWithPolicies({ rounds }: Effort): Promise<Measurement[]> {
  const choice = { count: 5_000, kind: 'static', sharedWith: 'people' } as const;
  const [ours, bare] = [openLocalEngine(choice), openBareEngine(choice)];
  const asked = questions(MANY);
  const batches = Array.from({ length: MANY / BATCH }, (_, batch) =>
    asked.slice(batch * BATCH, (batch + 1) * BATCH),
  );
  const few = asked.slice(0, FEW);
  await assertSame(ours, bare, few);
  const samples = await takeTurns(
    {
      ours: () =>
        microseconds(
          MANY,
          async () => {
            for (const batch of batches) await ours.decide(batch);
          },
          100,
        ),
      bare: () => microseconds(few.length, () => decideBare(bare, few), 100),
    },
    rounds,
  );
  return [
    {
      id: 'c-5000-strangers',
      title: `a decision with 5,000 policies, of ${MANY} people in turn with policies of their own each: times as fast`,
      ours: { value: median(samples.ours), unit: 'µs' },
      peer: { name: 'statefulIsAuthorized', value: median(samples.bare), unit: 'µs' },
      value: medianRatio(samples.bare, samples.ours),
      unit: TIMES,
      aim: null,
    },
  ];
}

async function assertSame(
  ours: LocalEngine,
  bare: BareDecide,
  asked: readonly BenchQuestion[],
): Promise<void> {
  deepStrictEqual(
    await ours.decide(asked),
    asked.map((question) => bare(question, question.entities)),
  );
}

async function decideAlone(engine: LocalEngine, asked: readonly BenchQuestion[]): Promise<number> {
  for (const question of asked) await engine.decide([question]);
  return asked.length;
}

async function decideBare(decide: BareDecide, asked: readonly BenchQuestion[]): Promise<void> {
  for (const question of asked) decide(question, question.entities);
}

/** How long one decision takes on average: all are made at least once, and for so many milliseconds at least. */
async function microseconds(
  count: number,
  decideAll: () => Promise<unknown>,
  atLeast: number,
): Promise<number> {
  let decided = 0;
  const startedAt = performance.now();
  let elapsed: number;
  do {
    await decideAll();
    decided += count;
    elapsed = performance.now() - startedAt;
  } while (elapsed < atLeast);
  return (elapsed / decided) * 1_000;
}

const mapValues = <Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  map: (value: From) => To,
): Record<Name, To> =>
  Object.fromEntries(
    (Object.entries(record) as [Name, From][]).map(([name, value]) => [name, map(value)]),
  ) as Record<Name, To>;
