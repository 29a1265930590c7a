import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { indexEntities } from '../../../../src/services/cedar/entity-closure.js';
import { canonicalJson } from '../../../../src/services/authorization/canonical-json.js';
import { decisionKeys } from '../../../../src/services/authorization/decision-key.js';
import {
  inquiryText,
  resourceText,
  type CedarRecord,
  type EntityUid,
  type Question,
} from '../../../../src/services/authorization/question.js';

const NAMES = ['ada', 'bob', 'cleo'] as const;
const person = (id: string): EntityUid => ({ type: 'Person', id });

/** Who is named under which name, in the order of the asker's, and who is active. */
interface Case {
  readonly context: CedarRecord;
  readonly brought: CedarRecord;
  readonly active: readonly boolean[];
}

const record = fc
  .uniqueArray(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom(...NAMES)), {
    selector: ([key]) => key,
  })
  .map((entries): CedarRecord =>
    Object.fromEntries(entries.map(([key, name]) => [key, { __entity: { ...person(name) } }])),
  );

const aCase: fc.Arbitrary<Case> = fc.record({
  context: record,
  brought: record,
  active: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
});

const keyOf = ({ context, brought, active }: Case): string => {
  const question: Question = {
    principal: person('ada'),
    action: { type: 'Action', id: 'look' },
    resource: { type: 'Thing', id: 'box' },
    context,
    resourceAttributes: brought,
  };
  const known = indexEntities(
    NAMES.map((name, index) => ({
      uid: person(name),
      attrs: { active: active[index] ?? false },
      parents: [],
    })),
  );
  const { asked, resource, facts } = decisionKeys(known)({
    question,
    inquiry: inquiryText(question),
    resource: resourceText(question),
  });
  return JSON.stringify([asked, resource, facts]);
};

/** What an answer rests on: what is asked, whatever its order, and what is so of whoever is in it. */
const groundsOf = ({ context, brought, active }: Case): string => {
  const named = canonicalJson({ context, brought });
  const bears = NAMES.map((name, index) => (name === 'ada' || named.includes(`"${name}"`)) && active[index]);
  return JSON.stringify([named, bears]);
};

describe('decisionKeys', () => {
  it('tell apart what rests on something else, and nothing else, in whatever order it is asked', () => {
    fc.assert(
      fc.property(fc.array(aCase, { minLength: 2, maxLength: 40 }), (cases) => {
        const keys = new Map<string, string>();
        for (const one of cases) {
          const [key, grounds] = [keyOf(one), groundsOf(one)];
          expect(keys.get(key) ?? grounds).toBe(grounds);
          keys.set(key, grounds);
        }
        expect(new Set(keys.values()).size).toBe(keys.size);
      }),
    );
  });

  it('do not take one for another where two that a question names have changed places', () => {
    const [x, y] = [{ __entity: { ...person('bob') } }, { __entity: { ...person('cleo') } }];
    const one = keyOf({ context: { x, y }, brought: {}, active: [true, true, false] });
    expect(keyOf({ context: { y, x }, brought: {}, active: [true, false, true] })).not.toBe(one);
    expect(keyOf({ context: { y, x }, brought: {}, active: [true, true, false] })).toBe(one);
  });
});
