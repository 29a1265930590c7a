import { describe, expect, it } from 'vitest';

import type { Authorizer, Ruling } from '../../../../src/services/authorization/authorizer.js';
import type { Question } from '../../../../src/services/authorization/question.js';
import {
  createShadowAuthorizer,
  type ComparedEngine,
  type ShadowAuthorizerOptions,
} from '../../../../src/services/authorization/shadow-authorizer.js';
import { createLogger } from '../../../../src/services/create-logger.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';

const QUESTION: Question = {
  principal: { type: 'Person', id: 'ada-lovelace' },
  action: { type: 'Action', id: 'read' },
  resource: { type: 'Book', id: 'secret-diary' },
  context: { secret: 'context' },
  resourceAttributes: { owner: 'somebody' },
};

const answered = (effect: 'ALLOW' | 'DENY', ...determiningPolicies: string[]): Ruling => ({
  kind: 'answered',
  effect,
  determiningPolicies,
  errors: [],
});
const erring = (...errors: string[]): Ruling => ({
  kind: 'answered',
  effect: 'DENY',
  determiningPolicies: [],
  errors,
});
const INVALID: Ruling = { kind: 'invalid', errors: ['Wrong.'] };
const UNAVAILABLE: Ruling = { kind: 'unavailable' };

const saying = (...rulings: Ruling[]): Authorizer => ({ authorize: async () => rulings });

type Options = Partial<Pick<ComparedEngine, 'namesOf'>> &
  Partial<Pick<ShadowAuthorizerOptions, 'atOnce' | 'deadline'>> & { readonly level?: 'debug' | 'warn' };

function setUp(
  answering: Authorizer,
  other: Authorizer,
  { namesOf, level = 'warn', ...options }: Options = {},
) {
  const lines: string[] = [];
  const metrics = createMetrics();
  const same: ComparedEngine['namesOf'] = (policyIds) => Promise.resolve(policyIds);
  const authorizer = createShadowAuthorizer({
    answering: { name: 'avp', authorizer: answering, namesOf: namesOf ?? same },
    other: { name: 'local', authorizer: other, namesOf: same },
    logger: createLogger(level, { write: (line) => void lines.push(line) }),
    metrics,
    ...options,
  });
  const counted = async () => {
    const { values } = await metrics.comparisons.get();
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels.outcome), value]));
  };
  return { authorizer, counted, lines };
}

describe('a comparison', () => {
  it.each<[string, Ruling, Ruling]>([
    ['same', answered('ALLOW', 'a', 'b'), answered('ALLOW', 'b', 'a')],
    ['same', INVALID, INVALID],
    ['effect', answered('ALLOW', 'a'), answered('DENY')],
    ['policies', answered('ALLOW', 'a'), answered('ALLOW', 'a', 'b')],
    ['policies', erring('In policy 1.'), erring()],
    ['same', erring('In policy 1.'), erring('Policy 1 errs.')],
    ['kind', answered('DENY'), INVALID],
    ['unanswered', answered('DENY'), UNAVAILABLE],
    ['unanswered', UNAVAILABLE, answered('DENY')],
  ])('is %s', async (outcome, one, two) => {
    const { authorizer, counted, lines } = setUp(saying(one), saying(two));
    expect(await authorizer.authorize([QUESTION], [])).toEqual([one]);
    await authorizer.idle();
    expect(await counted()).toEqual({ [outcome]: 1 });
    expect(lines).toHaveLength(outcome === 'same' || outcome === 'unanswered' ? 0 : 1);
  });

  it('is logged where the engines differ, without saying who asked about what', async () => {
    const { authorizer, lines } = setUp(saying(answered('ALLOW', 'a')), saying(answered('DENY', 'b')));
    await authorizer.authorize([QUESTION], []);
    await authorizer.idle();
    const [line = ''] = lines;
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      difference: 'effect',
      action: 'Action::"read"',
      principalType: 'Person',
      resourceType: 'Book',
      avp: { effect: 'ALLOW', policies: ['a'], errors: 0 },
      local: { effect: 'DENY', policies: ['b'], errors: 0 },
    });
    for (const secret of ['ada-lovelace', 'diary', 'context', 'somebody']) expect(line).not.toContain(secret);
  });

  it('that has no answer is logged once for all its questions, where somebody looks into it', async () => {
    const both = [answered('ALLOW'), UNAVAILABLE, UNAVAILABLE];
    const { authorizer, lines } = setUp(saying(...both), saying(answered('ALLOW')), { level: 'debug' });
    await authorizer.authorize([QUESTION, QUESTION, QUESTION], []);
    await authorizer.idle();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 20, answering: 'avp', other: 'local', questions: 3, unanswered: 2 }),
    ]);
  });

  it('goes by what both engines call their policies', async () => {
    const names = async (policyIds: readonly string[]) => policyIds.map((id) => id.replace('engine-', ''));
    const { authorizer, counted } = setUp(
      saying(answered('ALLOW', 'engine-a')),
      saying(answered('ALLOW', 'a')),
      { namesOf: names },
    );
    await authorizer.authorize([QUESTION], []);
    await authorizer.idle();
    expect(await counted()).toEqual({ same: 1 });
  });
});

describe('who asks', () => {
  it('does not wait for the other engine, nor fail with it', async () => {
    const never: Authorizer = { authorize: () => new Promise(() => {}) };
    const broken: Authorizer = {
      authorize: () => {
        throw new Error('Broken.');
      },
    };
    for (const other of [never, broken]) {
      const { authorizer } = setUp(saying(answered('ALLOW')), other);
      expect(await authorizer.authorize([QUESTION], [])).toEqual([answered('ALLOW')]);
    }
  });

  it('does not heap up comparisons: those too many are not made', async () => {
    let asked = 0;
    const never: Authorizer = {
      authorize: () => {
        asked += 1;
        return new Promise(() => {});
      },
    };
    const { authorizer, counted } = setUp(saying(answered('ALLOW')), never, { atOnce: 2 });
    for (let call = 0; call < 5; call += 1) await authorizer.authorize([QUESTION], []);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(asked).toBe(2);
    expect(await counted()).toEqual({ unanswered: 3 });
  });
});

describe('deadlines', () => {
  it('of whoever asks is the answering engine’s, and not the comparison’s', async () => {
    const given: (AbortSignal | undefined)[] = [];
    const noting: Authorizer = {
      authorize: async (_questions, _entities, deadline) => {
        given.push(deadline);
        return [answered('ALLOW')];
      },
    };
    const [asked, compared] = [new AbortController().signal, new AbortController().signal];
    const { authorizer } = setUp(noting, noting, { deadline: () => compared });
    await authorizer.authorize([QUESTION], [], asked);
    await authorizer.idle();
    expect(given).toHaveLength(2);
    expect(given[0]).toBe(asked);
    expect(given[1]).toBe(compared);
  });

  it('end a comparison that another engine would hold up for ever', async () => {
    const never: Authorizer = { authorize: () => new Promise(() => {}) };
    const patience = new AbortController();
    const { authorizer, counted } = setUp(saying(answered('ALLOW')), never, {
      deadline: () => patience.signal,
    });
    await authorizer.authorize([QUESTION], []);
    patience.abort();
    await authorizer.idle();
    expect(await counted()).toEqual({ unanswered: 1 });
  });
});
