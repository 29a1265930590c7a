import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { createLocalAuthorizer } from '../../../../src/services/authorization/local-authorizer.js';
import type { Question } from '../../../../src/services/authorization/question.js';
import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { compilePolicySet } from '../../../../src/services/cedar/policy-set.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';
import { createCedarModule, type CedarWasm } from '../../../../src/services/cedar/wasm-module.js';
import type { Clock } from '../../../../src/services/clock.js';
import { createLogger } from '../../../../src/services/create-logger.js';
import type { PoliciesInUse } from '../../../../src/services/policies/policies-in-use.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';

const SCHEMA = parseSchema(
  'entity Person; entity Book; action read appliesTo { principal: Person, resource: Book };',
);

function inUse(statement: string, engine = createCedarEngine()): PoliciesInUse {
  const policies = [{ id: 'only', statement }];
  return {
    set: compilePolicySet({ id: 'test', policies, schema: SCHEMA }, engine),
    contents: {
      policies: new Map([['only', { id: 'only', statement }]]),
      schema: SCHEMA,
      validatesRequests: true,
    },
    version: statement,
  };
}

const PERMIT = 'permit (principal, action, resource);';
const FORBID = 'forbid (principal, action, resource);';

const ask = (book: string): Question => ({
  principal: { type: 'Person', id: 'ada' },
  action: { type: 'Action', id: 'read' },
  resource: { type: 'Book', id: book },
  context: {},
});

function setUp(current: () => PoliciesInUse | undefined, clock: Clock = new FakeClock()) {
  const metrics = createMetrics();
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  return {
    metrics,
    lines,
    authorizer: createLocalAuthorizer({ policies: { current }, clock, logger, metrics }),
  };
}

/** An engine whose calls fail where `fails` says so, by a trap, as if it were out of stack. */
function trappingEngine(fails: (resource: string) => boolean) {
  const sound = createCedarModule();
  const load = (): CedarWasm =>
    sound.run((wasm) => ({
      ...wasm,
      statefulIsAuthorized(call) {
        if (fails((call.resource as { id: string }).id))
          throw new RangeError('Maximum call stack size exceeded');
        return wasm.statefulIsAuthorized(call);
      },
    }));
  return createCedarEngine(createCedarModule({ load }));
}

it('cannot decide anything before there are policies', async () => {
  const { authorizer } = setUp(() => undefined);
  expect(await authorizer.authorize([ask('emma'), ask('ulysses')], [])).toEqual([
    { kind: 'unavailable' },
    { kind: 'unavailable' },
  ]);
});

it('leaves unanswered what the engine breaks on, and answers the rest and what comes after', async () => {
  let broken = 'ulysses';
  // A resource that the policy names is nobody else's like.
  const policies = inUse(
    'permit (principal, action, resource) when { [Book::"emma", Book::"ulysses", Book::"dracula"].contains(resource) };',
    trappingEngine((id) => id === broken),
  );
  const { authorizer, metrics, lines } = setUp(() => policies);
  const kinds = async () => {
    const rulings = await authorizer.authorize([ask('emma'), ask('ulysses'), ask('dracula')], []);
    return rulings.map(({ kind }) => kind);
  };
  expect(await kinds()).toEqual(['answered', 'unavailable', 'answered']);
  broken = '';
  expect(await kinds()).toEqual(['answered', 'answered', 'answered']);
  expect(lines).toHaveLength(1);
  const { body } = await metrics.print();
  expect(body).toContain(
    'portcullis_engine_calls_total{engine="local",operation="Decide",outcome="failed"} 1',
  );
  expect(body).toContain(
    'portcullis_engine_calls_total{engine="local",operation="Decide",outcome="answered"} 1',
  );
  expect(body).toContain('portcullis_engine_questions_total{engine="local"} 6');
  expect(body).toContain('portcullis_engine_seconds_count{engine="local",operation="Decide"} 2');
});

describe('many questions', () => {
  /** Each look at it is a millisecond later. */
  const hurrying = (): Clock => {
    let time = 0;
    return { now: () => new Date((time += 1)) };
  };

  it('let others have their turn, and are decided by the same policies from first to last', async () => {
    let policies = inUse(PERMIT);
    const { authorizer } = setUp(() => policies, hurrying());
    let turns = 0;
    let isDone = false;
    const others = (async () => {
      while (!isDone) {
        await setImmediate();
        turns += 1;
        policies = inUse(FORBID);
      }
    })();
    const rulings = await authorizer.authorize(
      Array.from({ length: 100 }, (_, index) => ask(`book ${index}`)),
      [],
    );
    isDone = true;
    await others;
    expect(turns).toBeGreaterThan(10);
    expect(new Set(rulings.map((ruling) => ruling.kind === 'answered' && ruling.effect))).toEqual(
      new Set(['ALLOW']),
    );
    const [next] = await authorizer.authorize([ask('emma')], []);
    expect(next).toMatchObject({ effect: 'DENY' });
  });
});

it('lets no question be decided by entities that another one brought along', async () => {
  const schema = parseSchema(
    'entity Person = { active: Bool }; entity Book; action read appliesTo { principal: Person, resource: Book };',
  );
  const policy = {
    id: 'only',
    statement: 'permit (principal, action, resource) when { Person::"bob".active };',
  };
  const set = compilePolicySet({ id: 'test', policies: [policy], schema });
  const contents = { policies: new Map([['only', policy]]), schema, validatesRequests: true };
  const { authorizer } = setUp(() => ({ set, contents, version: 'v' }));
  const person = (id: string) => ({ type: 'Person', id });
  const entities = ['ada', 'bob'].map((id) => ({ uid: person(id), attrs: { active: true }, parents: [] }));
  const questions = [ask('emma'), { ...ask('emma'), principal: person('bob') }];
  const rulings = await authorizer.authorize(questions, entities);
  expect(rulings.map((ruling) => ruling.kind === 'answered' && ruling.effect)).toEqual(['DENY', 'ALLOW']);
});

it('rules on nothing more once the deadline has passed', async () => {
  const { authorizer } = setUp(() => inUse(PERMIT));
  const deadline = AbortSignal.abort(new Error('too late'));
  const rulings = await authorizer.authorize([ask('emma'), ask('ulysses')], [], deadline);
  expect(rulings.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
});
