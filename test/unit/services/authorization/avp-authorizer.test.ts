import { Writable } from 'node:stream';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAvpAuthorizer } from '../../../../src/services/authorization/avp-authorizer.js';
import type {
  CedarEntity,
  CedarRecord,
  EntityUid,
  Question,
} from '../../../../src/services/authorization/question.js';
import type { Database } from '../../../../src/services/database/database.js';
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

function setUp({ deadline = () => new AbortController().signal, concurrency = 10 } = {}) {
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
    logger: pino({}, sink),
    deadline,
    concurrency,
  });
  const kinds = async (questions: readonly Question[]) =>
    (await authorizer.authorize(questions, ENTITIES)).map(({ kind }) => kind);
  const disturb = (fault: Fault, which: (call: RecordedCall) => boolean = () => true) =>
    handler.disturb((call) => (which(call) ? fault : undefined));
  return { authorizer, handler, kinds, disturb, readLog: () => log };
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
    expect(handler.count('BatchIsAuthorized')).toBe(8);
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
      expect(await kinds([ask('ada', 'read', 1, { a: 1, b: 2 })])).toEqual(['answered']);
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

  it('does not let descriptions of one resource meet in a call', async () => {
    const { kinds, handler } = setUp();
    const question = ask('ada', 'read', 'x');
    await kinds([
      { ...question, resourceAttributes: { colour: 'red' } },
      { ...question, resourceAttributes: { colour: 'blue' } },
      ask('ada', 'read', 'y'),
    ]);
    expect(handler.count('BatchIsAuthorized')).toBe(3);
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
