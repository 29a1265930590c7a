import { describe, expect, it } from 'vitest';

import { ask, avpAuthorizers, ENTITIES, firstCallOnly, many } from '../../../support/avp-authorizer.js';
import { exception, serverError, silence, tampered, throttle } from '../../../support/recording-handler.js';

const wrongContext = { wrong: { __extn: { fn: 'ip', arg: 'no address' } } };

const { setUp } = avpAuthorizers();

describe('createAvpAuthorizer', () => {
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
});
