import { deepStrictEqual } from 'node:assert/strict';
import { createRequire } from 'node:module';

import type * as cedarWasm from '@cedar-policy/cedar-wasm/nodejs';

import { createCedarEngine } from '../src/services/cedar/engine.js';
import {
  compilePolicySet,
  type AuthorizationRequest,
  type CedarDecision,
} from '../src/services/cedar/policy-set.js';
import { parseSchema } from '../src/services/cedar/schema.js';
import { TIMES, type Aim, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { policies, questions, SCHEMA } from './policies.js';
import { median, medianRatio, takeTurns } from './rounds.js';

type Decide = (question: AuthorizationRequest) => unknown;

/** People whose questions are asked again and again, so that what is prepared for them is found. */
const FEW = 50;
/** So many, each with policies of their own, that nothing prepared for one is found when they ask again. */
const MANY = 900;

/** Microseconds a decision of the engine, against a bare loop over cedar-wasm with all the policies. */
export async function measureDecisions({ rounds }: Effort): Promise<Measurement[]> {
  return [
    ...(await measureWith(5, rounds, { relation: '≤', bound: 1.2 })),
    ...(await measureWith(500, rounds, null)),
    ...(await measureWith(5_000, rounds, { relation: '≥', bound: 50 })),
  ];
}

/** With few policies it shows what the engine adds; with many, how many times as fast it is. */
async function measureWith(count: number, rounds: number, aim: Aim | null): Promise<Measurement[]> {
  const engine = createCedarEngine();
  const schema = parseSchema(SCHEMA, engine);
  const set = compilePolicySet({ id: 'bench', policies: policies(count), schema }, engine);
  const decide: Decide = (question) => set.decide(question);
  const bare = bareDecide(count);
  const asked = questions(FEW);
  for (const question of asked) deepStrictEqual(summary(set.decide(question)), bareSummary(bare(question)));

  // A short round meets less of what else the machine does, and many give a median that holds; the first warms up.
  const [turns, milliseconds] = count < 5_000 ? [rounds * 12 + 1, 50] : [rounds * 2 + 1, 250];
  const samples = await takeTurns(
    {
      ours: () => microseconds(decide, asked, milliseconds),
      bare: () => microseconds(bare, asked, milliseconds),
    },
    turns,
  );
  const [ours, theirs] = [samples.ours.slice(1), samples.bare.slice(1)];
  const isSlower = aim?.relation === '≤';
  const measurement: Measurement = {
    id: `c-${count}`,
    title: `a decision with ${count.toLocaleString('en-US')} policies: ${isSlower ? 'time taken' : 'times as fast'}`,
    ours: { value: median(ours), unit: 'µs' },
    peer: { name: 'statefulIsAuthorized', value: median(theirs), unit: 'µs' },
    value: isSlower ? medianRatio(ours, theirs) : medianRatio(theirs, ours),
    unit: TIMES,
    aim,
  };
  if (count < 5_000) return [measurement];

  const strangers = questions(MANY);
  const cold = median(Array.from({ length: 3 }, () => microseconds(decide, strangers, 250)));
  return [
    measurement,
    {
      id: `c-${count}-strangers`,
      title: `the same, of ${MANY} people in turn: nothing that was prepared is found again`,
      ours: { value: cold, unit: 'µs' },
      peer: { name: 'statefulIsAuthorized', value: median(theirs), unit: 'µs' },
      value: median(theirs) / cold,
      unit: TIMES,
      aim: null,
    },
  ];
}

/** cedar-wasm as its own documentation has it used: policies and schema parsed once, every policy in every decision. */
function bareDecide(count: number): (question: AuthorizationRequest) => cedarWasm.AuthorizationAnswer {
  const require = createRequire(import.meta.url);
  const wasm = require('@cedar-policy/cedar-wasm/nodejs') as typeof cedarWasm;
  const name = `bench-${count}`;
  const staticPolicies = Object.fromEntries(policies(count).map(({ id, statement }) => [id, statement]));
  for (const parsed of [
    wasm.preparsePolicySet(name, { staticPolicies }),
    wasm.preparseSchema(name, SCHEMA),
  ]) {
    if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
  }
  return ({ principal, action, resource, context, entities }) =>
    wasm.statefulIsAuthorized({
      principal,
      action,
      resource,
      context: context as never,
      entities: entities as never,
      validateRequest: true,
      preparsedPolicySetId: name,
      preparsedSchemaName: name,
    });
}

/** How long one decision takes on average: each question is asked at least once, and for so many milliseconds at least. */
function microseconds(decide: Decide, asked: readonly AuthorizationRequest[], atLeast: number): number {
  let decided = 0;
  const startedAt = performance.now();
  let elapsed: number;
  do {
    for (const question of asked) decide(question);
    decided += asked.length;
    elapsed = performance.now() - startedAt;
  } while (elapsed < atLeast);
  return (elapsed / decided) * 1_000;
}

const summary = ({ effect, determiningPolicies, errors }: CedarDecision) => ({
  isAllowed: effect === 'ALLOW',
  policies: [...determiningPolicies].sort(),
  errors: errors.length,
});

function bareSummary(answer: cedarWasm.AuthorizationAnswer) {
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  const { decision, diagnostics } = answer.response;
  return {
    isAllowed: decision === 'allow',
    policies: [...diagnostics.reason].sort(),
    errors: diagnostics.errors.length,
  };
}
