import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  createAvpAuthorizer,
  type AvpAuthorizerOptions,
} from '../../../../src/services/authorization/avp-authorizer.js';
import type {
  CedarEntity,
  CedarRecord,
  EntityUid,
  Question,
} from '../../../../src/services/authorization/question.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import type { Database } from '../../../../src/services/database/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { openTestDatabase } from '../../../support/database.js';
import { makePolicyStore, type PolicyStore } from '../../../support/policy-store.js';
import {
  exception,
  recordingHandler,
  serverError,
  silence,
  tampered,
  throttle,
  type Fault,
  type RecordedCall,
} from '../../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../../support/verified-permissions-client.js';

const CONTENT = {
  policies: { permit: `permit (principal, action == Action::"read", resource) when { principal.active };` },
};

const person = (id: string): EntityUid => ({ type: 'Person', id });
const ask = (who: string, action: string, what: string | number, context: CedarRecord = {}): Question => ({
  principal: person(who),
  action: { type: 'Action', id: action },
  resource: { type: 'Thing', id: String(what) },
  context,
});
const ADA: CedarEntity = {
  uid: person('ada'),
  attrs: { active: true, secret: 'hunter2' },
  parents: [{ type: 'Team', id: 'a' }],
};
const TEAM: CedarEntity = { uid: { type: 'Team', id: 'a' }, attrs: {}, parents: [] };
const STRANGER: CedarEntity = { uid: person('stranger'), attrs: { active: true }, parents: [] };
const ENTITIES = [ADA, TEAM, STRANGER];

const many = (count: number) => Array.from({ length: count }, (_, index) => ask('ada', 'read', index));
const wrongContext = { wrong: { __extn: { fn: 'ip', arg: 'no address' } } };

interface Results {
  results: { request: object }[];
}
const resultsChanged = (change: (results: Results['results']) => unknown) =>
  tampered((output) => ({ results: change((output as unknown as Results).results) }));

let database: Database;
let store: PolicyStore;
beforeAll(async () => {
  database = await openTestDatabase();
  store = await makePolicyStore(database.db, CONTENT);
});
afterAll(() => database.close());

function setUp({
  deadline = () => new AbortController().signal,
  concurrency = 10,
  attempts = 1,
  singlesUpTo = 1,
  callsPerSecond,
}: Partial<AvpAuthorizerOptions> = {}) {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const handler = recordingHandler(store.handler);
  let log = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const authorizer = createAvpAuthorizer({
    client: verifiedPermissionsClient(handler),
    policyStoreId: store.policyStoreId,
    clock,
    randomness: { integer: () => 0 },
    logger: pino({}, sink),
    metrics,
    deadline,
    concurrency,
    attempts,
    singlesUpTo,
    callsPerSecond,
  });
  const kinds = async (questions: readonly Question[]) =>
    (await authorizer.authorize(questions, ENTITIES)).map(({ kind }) => kind);
  const disturb = (fault: Fault, which: (call: RecordedCall) => boolean = () => true) =>
    handler.disturb((call) => (which(call) ? fault : undefined));
  /** How many calls came to this, whatever the operation. */
  const outcomes = async (outcome: string) =>
    (await metrics.engineCalls.get()).values
      .filter(({ labels }) => labels.outcome === outcome)
      .reduce((sum, { value }) => sum + value, 0);
  return { authorizer, handler, kinds, disturb, clock, metrics, outcomes, readLog: () => log };
}

const firstCallOnly = () => {
  let calls = 0;
  return () => (calls += 1) === 1;
};

describe('createAvpAuthorizer', () => {
  it('asks 201 questions of a page, wave by wave, in eight calls', async () => {
    const { handler, kinds } = setUp();
    const fields = Array.from({ length: 50 }, (_, user) =>
      ['contact', 'edit', 'delete'].map((action) => ask('ada', action, user)),
    );
    await kinds([ask('ada', 'list', 'application')]);
    await kinds(many(50));
    await kinds(fields.flat());
    expect(handler.count('BatchIsAuthorized')).toBe(7);
    expect(handler.calls).toHaveLength(8);
  });

  it('calls nothing when asked nothing', async () => {
    const { handler, kinds } = setUp();
    expect(await kinds([])).toEqual([]);
    expect(handler.calls).toEqual([]);
  });

  it('sends what the questions name and what that leads to, each once, and nothing else', async () => {
    const { handler, authorizer } = setUp();
    await authorizer.authorize(many(3), [...ENTITIES, ADA]);
    const { policyStoreId, entities } = handler.calls[0]?.input as Record<string, { cedarJson: string }>;
    expect(policyStoreId).toBe(store.policyStoreId);
    expect(JSON.parse(entities?.cedarJson ?? '')).toEqual([ADA, TEAM]);
  });

  it('sends a context as Cedar JSON, and none where it is empty', async () => {
    const { handler, kinds } = setUp();
    await kinds([ask('ada', 'read', 1, { channel: 'web' }), ask('ada', 'read', 2)]);
    const { requests } = handler.calls[0]?.input as { requests: object[] };
    expect(requests[0]).toMatchObject({ context: { cedarJson: '{"channel":"web"}' } });
    expect(requests[1]).not.toHaveProperty('context');
  });

  it('keeps the calls under way within the bound', async () => {
    const { handler, kinds } = setUp({ concurrency: 2 });
    let underWay = 0;
    let most = 0;
    const handle = handler.handle.bind(handler);
    handler.handle = async (...call) => {
      most = Math.max(most, (underWay += 1));
      return handle(...call).finally(() => (underWay -= 1));
    };
    await kinds(many(200));
    expect(handler.count('BatchIsAuthorized')).toBe(7);
    expect(most).toBe(2);
  });

  describe('with answers that are not as they should be', () => {
    it('finds each answer by its request, in whatever order they come', async () => {
      const { authorizer, disturb } = setUp();
      disturb(resultsChanged((results) => results.reverse()));
      const questions = [ask('ada', 'read', 1), ask('ada', 'write', 1), ask('ada', 'read', 2)];
      const rulings = await authorizer.authorize(questions, ENTITIES);
      expect(rulings.map((ruling) => ruling.kind === 'answered' && ruling.effect)).toEqual([
        'ALLOW',
        'DENY',
        'ALLOW',
      ]);
    });

    it('recognises a context that comes back written otherwise', async () => {
      const { kinds, disturb } = setUp();
      const rewritten = { cedarJson: '{ "b": 2, "a": 1 }' };
      disturb(
        resultsChanged((results) =>
          results.map((result) => ({ ...result, request: { ...result.request, context: rewritten } })),
        ),
      );
      const context = { a: 1, b: 2 };
      expect(await kinds(['read', 'write'].map((action) => ask('ada', action, 1, context)))).toEqual([
        'answered',
        'answered',
      ]);
    });

    it.each([
      ['one too few', resultsChanged((results) => results.slice(1))],
      ['one twice', resultsChanged((results) => [...results, results[0]])],
      ['one without its request', resultsChanged(([, ...rest]) => [{ decision: 'ALLOW' }, ...rest])],
      [
        'one to another context',
        resultsChanged(([first, ...rest]) => [
          { ...first, request: { ...first?.request, context: { cedarJson: '{"x":1}' } } },
          ...rest,
        ]),
      ],
      [
        'one with an unknown decision',
        resultsChanged(([first, ...rest]) => [{ ...first, decision: 'MAYBE' }, ...rest]),
      ],
      [
        'one with no decision',
        resultsChanged(([first, ...rest]) => [{ ...first, decision: undefined }, ...rest]),
      ],
    ])('has no ruling for the question concerned: %s', async (_case, fault) => {
      const { kinds, disturb, readLog } = setUp();
      disturb(fault);
      expect(await kinds(many(3))).toEqual(['unavailable', 'answered', 'answered']);
      expect(readLog()).toContain('left questions unanswered');
    });

    it('has no rulings where there are no results at all', async () => {
      const { kinds, disturb } = setUp();
      disturb(tampered(() => ({})));
      expect(await kinds(many(2))).toEqual(['unavailable', 'unavailable']);
    });
  });

  describe('when the service fails', () => {
    it.each([
      ['throttles', throttle],
      ['breaks', serverError],
      ['refuses access', exception('AccessDeniedException')],
      ['knows no such store', exception('ResourceNotFoundException', { resourceType: 'POLICY_STORE' })],
      ['speaks nonsense', tampered(() => 'nonsense')],
    ])('is unavailable where it %s, and logs no attributes', async (_case, fault) => {
      const { kinds, disturb, readLog } = setUp();
      disturb(fault);
      expect(await kinds(many(2))).toEqual(['unavailable', 'unavailable']);
      expect(readLog()).toContain('Verified Permissions');
      expect(readLog()).not.toContain('hunter2');
    });

    it('logs why it could not be reached', async () => {
      const { handler, kinds, readLog } = setUp();
      handler.handle = async () => {
        throw new Error('request failed', {
          cause: Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH' }),
        });
      };
      expect(await kinds(many(2))).toEqual(['unavailable', 'unavailable']);
      expect(readLog()).toContain('"error":"TypeError","errorCode":"EHOSTUNREACH"');
    });

    it('loses the questions of the failed call alone', async () => {
      const { kinds, disturb } = setUp();
      disturb(throttle, firstCallOnly());
      const answers = await kinds(many(60));
      expect(answers.filter((kind) => kind === 'unavailable')).toHaveLength(30);
      expect(answers.filter((kind) => kind === 'answered')).toHaveLength(30);
    });

    it('waits no longer than the deadline for an answer that never comes', async () => {
      const deadline = new AbortController();
      const { kinds, disturb } = setUp({ deadline: () => deadline.signal });
      disturb(silence);
      const answers = kinds(many(400));
      deadline.abort();
      expect(new Set(await answers)).toEqual(new Set(['unavailable']));
    });

    it('answers again when the service does', async () => {
      const { kinds, handler } = setUp();
      handler.disturb(() => serverError);
      expect(await kinds(many(1))).toEqual(['unavailable']);
      handler.disturb(() => undefined);
      expect(await kinds(many(1))).toEqual(['answered']);
    });
  });

  describe('when the service refuses a call', () => {
    it('asks its questions one by one, and calls only the wrong one invalid', async () => {
      const { kinds, handler } = setUp();
      const questions = [...many(4), ask('ada', 'read', 'x', wrongContext)];
      expect(await kinds(questions)).toEqual(['answered', 'answered', 'answered', 'answered', 'invalid']);
      expect(handler.count('BatchIsAuthorized')).toBe(1);
      expect(handler.count('IsAuthorized')).toBe(5);
    });

    it('does not ask again what was asked alone', async () => {
      const { authorizer, handler, readLog } = setUp();
      expect(await authorizer.authorize([ask('ada', 'read', 'x', wrongContext)], ENTITIES)).toEqual([
        { kind: 'invalid', errors: ['The policy store refuses this question.'] },
      ]);
      expect(handler.calls).toHaveLength(1);
      expect(readLog()).not.toContain('hunter2');
    });

    it('is unavailable for what then fails otherwise', async () => {
      const { kinds, handler } = setUp();
      const isFirst = firstCallOnly();
      handler.disturb(({ operation }) => {
        if (operation === 'BatchIsAuthorized') return exception('ValidationException');
        return isFirst() ? throttle : undefined;
      });
      expect((await kinds(many(3))).sort()).toEqual(['answered', 'answered', 'unavailable']);
    });
  });

  describe('by what calls cost', () => {
    it('asks a few questions one by one, and more of them together', async () => {
      const { kinds, handler } = setUp({ singlesUpTo: 8 });
      expect(new Set(await kinds(many(8)))).toEqual(new Set(['answered']));
      expect([handler.count('IsAuthorized'), handler.count('BatchIsAuthorized')]).toEqual([8, 0]);
      await kinds(many(9));
      expect([handler.count('IsAuthorized'), handler.count('BatchIsAuthorized')]).toEqual([8, 1]);
    });

    it('asks many one by one under one deadline, and Node warns of no leak', async () => {
      const warnings: Error[] = [];
      const hear = (warning: Error) => void warnings.push(warning);
      process.on('warning', hear);
      const { kinds } = setUp({ singlesUpTo: 30, concurrency: 30 });
      await kinds(many(30));
      // Warnings come with the next turn.
      await setImmediate();
      process.off('warning', hear);
      expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
    });

    it('asks them together where the quota of single questions has no room', async () => {
      const { kinds, handler, clock } = setUp({
        singlesUpTo: 8,
        callsPerSecond: { singles: 10, batches: 10 },
      });
      await kinds(many(8));
      await kinds(many(3));
      expect([handler.count('IsAuthorized'), handler.count('BatchIsAuthorized')]).toEqual([8, 1]);
      clock.advance(1_000);
      await kinds(many(3));
      expect([handler.count('IsAuthorized'), handler.count('BatchIsAuthorized')]).toEqual([11, 1]);
    });
  });

  describe('where something may pass', () => {
    it.each([
      ['throttles', throttle],
      ['breaks', serverError],
    ])('tries again what %s, once more than it fails', async (_case, fault) => {
      const { kinds, handler, disturb, outcomes } = setUp({ attempts: 3 });
      let failures = 2;
      disturb(fault, () => (failures -= 1) >= 0);
      expect(await kinds(many(2))).toEqual(['answered', 'answered']);
      expect(handler.calls).toHaveLength(3);
      expect(await outcomes('answered')).toBe(1);
    });

    it('gives up after so many attempts', async () => {
      const { kinds, handler, disturb, outcomes } = setUp({ attempts: 3 });
      disturb(throttle);
      expect(await kinds(many(2))).toEqual(['unavailable', 'unavailable']);
      expect(handler.calls).toHaveLength(3);
      expect(await outcomes('throttled')).toBe(1);
    });

    it('does not try again what would fail again', async () => {
      const { kinds, handler, disturb } = setUp({ attempts: 3 });
      disturb(exception('AccessDeniedException'));
      await kinds(many(2));
      expect(handler.calls).toHaveLength(1);
    });

    it('ends the patience with attempts and pauses alike, for who asks with a deadline of their own', async () => {
      const { authorizer, disturb, outcomes } = setUp({ attempts: 100 });
      disturb(throttle);
      const deadline = new AbortController();
      const rulings = authorizer.authorize(many(2), ENTITIES, deadline.signal);
      deadline.abort();
      expect((await rulings).map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
      expect(await outcomes('timeout')).toBe(1);
    });
  });

  describe('once calls have failed in a row', () => {
    const failed = async () => {
      const all = setUp();
      all.disturb(serverError);
      for (let call = 0; call < 5; call += 1) await all.kinds(many(1));
      return {
        ...all,
        recover: () => all.handler.disturb(() => undefined),
        before: all.handler.calls.length,
      };
    };

    it('denies at once without asking, and says so once', async () => {
      const { kinds, handler, before, outcomes, readLog } = await failed();
      expect(await kinds(many(90))).toEqual(Array.from({ length: 90 }, () => 'unavailable'));
      expect(handler.calls).toHaveLength(before);
      expect(await outcomes('open')).toBe(3);
      expect(readLog().match(/all is denied/g)).toHaveLength(1);
    });

    it('asks once to see whether it is over, and then everything', async () => {
      const { kinds, handler, recover, before, clock, metrics } = await failed();
      clock.advance(1_000);
      recover();
      const [together, alone] = await Promise.all([kinds(many(30)), kinds(many(1))]);
      expect([new Set(together), alone]).toEqual([new Set(['answered']), ['unavailable']]);
      expect(handler.calls).toHaveLength(before + 1);
      expect(await kinds(many(60))).not.toContain('unavailable');
      expect((await metrics.circuitOpen.get()).values[0]?.value).toBe(0);
    });

    it('does not take it for a failure that somebody asks too much, or has no time left', async () => {
      const { authorizer, kinds, disturb, handler } = setUp();
      disturb(throttle);
      for (let call = 0; call < 8; call += 1) await kinds(many(2));
      disturb(silence);
      for (let call = 0; call < 8; call += 1) {
        const deadline = new AbortController();
        const rulings = authorizer.authorize(many(2), ENTITIES, deadline.signal);
        deadline.abort();
        expect((await rulings).map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
      }
      handler.disturb(() => undefined);
      expect(await kinds(many(2))).toEqual(['answered', 'answered']);
    });

    it('takes it for a failure that calls are not answered in their time', async () => {
      const { kinds, disturb, handler } = setUp({ deadline: () => AbortSignal.timeout(1) });
      disturb(silence);
      for (let call = 0; call < 5; call += 1) await kinds(many(1));
      const before = handler.calls.length;
      await kinds(many(1));
      expect(handler.calls).toHaveLength(before);
    });

    it('takes a refused question for a sign of life', async () => {
      const { kinds, disturb } = setUp();
      disturb(exception('ValidationException'));
      for (let call = 0; call < 8; call += 1) expect(await kinds(many(1))).toEqual(['invalid']);
    });
  });

  it('splits a call that would be longer than a megabyte, as it is sent', async () => {
    const { kinds, handler } = setUp();
    const text = '字'.repeat(13_000);
    const questions = many(30).map((question) => ({ ...question, context: { text } }));
    expect(new Set(await kinds(questions))).toEqual(new Set(['answered']));
    expect(handler.count('BatchIsAuthorized')).toBe(2);
    for (const { input } of handler.calls) {
      expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('splits a call whose entities would be too many', async () => {
    const { authorizer, handler } = setUp();
    const parentsOf = (index: number) =>
      Array.from({ length: 40 }, (_, level) => ({ type: 'Thing', id: `${index}/${level}` }));
    const things = Array.from({ length: 8 }, (_, index): CedarEntity[] => {
      const parents = parentsOf(index);
      return [
        { uid: { type: 'Thing', id: String(index) }, attrs: {}, parents },
        ...parents.map((uid) => ({ uid, attrs: {}, parents: [] })),
      ];
    });
    const rulings = await authorizer.authorize(many(8), [...ENTITIES, ...things.flat()]);
    expect(new Set(rulings.map(({ kind }) => kind))).toEqual(new Set(['answered']));
    expect(handler.count('BatchIsAuthorized')).toBe(4);
  });

  it('does not let descriptions of one resource meet in a call', async () => {
    const { kinds, handler } = setUp();
    const question = ask('ada', 'read', 'x');
    await kinds([
      { ...question, resourceAttributes: { colour: 'red' } },
      { ...question, resourceAttributes: { colour: 'blue' } },
      ask('ada', 'read', 'y'),
    ]);
    expect(handler.calls).toHaveLength(2);
  });

  it('never throws, whatever a question holds', async () => {
    const { kinds } = setUp();
    const unspeakable = { number: 1n } as unknown as CedarRecord;
    expect(await kinds([ask('ada', 'read', 'x', unspeakable), ask('bob', 'read', 'y')])).toEqual([
      'unavailable',
      'answered',
    ]);
  });
});
