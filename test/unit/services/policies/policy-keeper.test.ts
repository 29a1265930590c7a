import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseSchema } from '../../../../src/services/cedar/schema.js';
import { createLogger } from '../../../../src/services/create-logger.js';
import { inOrder, versionOf } from '../../../../src/services/policies/policies-in-use.js';
import { createPolicyKeeper } from '../../../../src/services/policies/policy-keeper.js';
import { createPolicyStoreReader } from '../../../../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../../../../src/services/policies/store-calls.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { ModelPolicyStore, type Edit, type Mishap } from '../../../support/model-policy-store.js';

const SCHEMAS = [
  'entity Person; entity Book; action read appliesTo { principal: Person, resource: Book };',
  'entity Person; entity Book; action read, edit appliesTo { principal: Person, resource: Book };',
].map((text) => parseSchema(text).json);
const TEMPLATES = [
  'permit (principal == ?principal, action, resource);',
  'forbid (principal == ?principal, action, resource);',
];
const STATEMENTS = ['permit (principal, action, resource);', 'forbid (principal, action, resource);'];
const BROKEN = 'permit (principal, action, resource) when { secretTextOfThePolicy';

function setUp() {
  const store = new ModelPolicyStore(SCHEMAS[0] ?? '', { first: TEMPLATES[0] ?? '' });
  const metrics = createMetrics();
  const lines: string[] = [];
  const call = createStoreCalls({ deadline: () => new AbortController().signal });
  const keeper = createPolicyKeeper({
    reader: createPolicyStoreReader({ client: store.client, policyStoreId: 'PSmodel', call }),
    clock: new FakeClock(),
    logger: createLogger('warn', { write: (line) => void lines.push(line) }),
    metrics,
  });
  const versions = () =>
    store.history.map(({ schema, statements }) =>
      versionOf({
        policies: inOrder([...statements].map(([id, statement]) => [id, { id, statement }])),
        schema: parseSchema(schema),
        validatesRequests: false,
      }),
    );
  const stale = async () => (await metrics.policiesStale.get()).values[0]?.value;
  return { store, keeper, versions, lines, stale };
}

const IDS = ['a', 'b', 'c', 'd'];
const id = fc.constantFrom(...IDS);
/** Hardly ever the same twice, so that no mixture of states looks like a state. */
const statement = fc
  .tuple(fc.constantFrom(...STATEMENTS), fc.nat())
  .map(([policy, mark]) => `@mark("${mark}") ${policy}`);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('policy' as const), id, statement }), weight: 4 },
  fc.record({
    kind: fc.constant('link' as const),
    id,
    templateId: fc.constant('first'),
    principal: fc.constantFrom('ada', 'bob"'),
  }),
  fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({
    kind: fc.constant('template' as const),
    id: fc.constantFrom('first', 'second'),
    statement: fc.constantFrom(...TEMPLATES),
  }),
  fc.record({ kind: fc.constant('schema' as const), text: fc.constantFrom(...SCHEMAS) }),
);
const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  { arbitrary: fc.constant({ kind: 'none' as const }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('edit' as const), edit }), weight: 8 },
  { arbitrary: fc.constantFrom({ kind: 'lag' as const }, { kind: 'fail' as const }), weight: 1 },
);

describe('the policies in use', () => {
  it('are always a whole state that the store had, and after a good round the newest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.array(mishap, { minLength: 3, maxLength: 16 }), { minLength: 1, maxLength: 4 }),
        async (isKnown, rounds) => {
          const { store, keeper, versions, stale } = setUp();
          for (const name of IDS) store.edit({ kind: 'policy', id: name, statement: STATEMENTS[0] ?? '' });
          if (isKnown) await keeper.sync();
          for (const mishaps of rounds) {
            store.plan(mishaps);
            await keeper.sync();
            const version = keeper.current()?.version;
            if (version !== undefined) expect(versions()).toContain(version);
            else expect(keeper.freshness()).toBe('none');
          }
          store.plan([]);
          await keeper.sync();
          expect(keeper.current()?.version).toBe(versions().at(-1));
          expect([keeper.freshness(), await stale()]).toEqual(['current', 0]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('stay the last good ones where a policy does not parse, and the log names it without its text', async () => {
    const { store, keeper, lines, stale } = setUp();
    store.edit({ kind: 'policy', id: 'good', statement: STATEMENTS[0] ?? '' });
    await keeper.sync();
    const before = keeper.current();
    store.edit({ kind: 'policy', id: 'broken', statement: BROKEN });
    store.edit({ kind: 'delete', id: 'good' });
    for (let round = 0; round < 3; round += 1) await keeper.sync();
    expect(keeper.current()).toBe(before);
    expect([keeper.freshness(), await stale()]).toEqual(['stale', 1]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: 'CedarPolicyError', policies: ['broken'] });
    expect(lines[0]).not.toContain('secretText');
    store.edit({ kind: 'delete', id: 'broken' });
    await keeper.sync();
    expect([keeper.freshness(), await stale()]).toEqual(['current', 0]);
    expect(keeper.current()?.set.policyIds).toEqual([]);
  });

  it('are none where none could ever be read', async () => {
    const { store, keeper, lines } = setUp();
    store.plan(Array.from({ length: 10 }, () => ({ kind: 'fail' as const })));
    await keeper.sync();
    expect(keeper.current()).toBeUndefined();
    expect(keeper.freshness()).toBe('none');
    expect(lines).toHaveLength(1);
  });

  it('are no longer kept up once that is stopped, even by a round under way', async () => {
    const { store, keeper, lines } = setUp();
    const round = keeper.sync();
    keeper.stop();
    await round;
    await keeper.sync();
    store.edit({ kind: 'policy', id: 'a', statement: STATEMENTS[0] ?? '' });
    expect(keeper.current()).toBeUndefined();
    expect(lines).toEqual([]);
  });
});
