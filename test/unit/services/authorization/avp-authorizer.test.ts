import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { CedarEntity, CedarRecord } from '../../../../src/services/authorization/question.js';
import { ADA, ask, avpAuthorizers, ENTITIES, many, TEAM } from '../../../support/avp-authorizer.js';
import { tampered } from '../../../support/recording-handler.js';

interface Results {
  results: { request: object }[];
}
const resultsChanged = (change: (results: Results['results']) => unknown) =>
  tampered((output) => ({ results: change((output as unknown as Results).results) }));

const { setUp } = avpAuthorizers();

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
    const { handler, authorizer, policyStoreId: ours } = setUp();
    await authorizer.authorize(many(3), [...ENTITIES, ADA]);
    const { policyStoreId, entities } = handler.calls[0]?.input as Record<string, { cedarJson: string }>;
    expect(policyStoreId).toBe(ours);
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
        'one allowed by no policy',
        resultsChanged(([first, ...rest]) => [{ ...first, determiningPolicies: [] }, ...rest]),
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
