import { describe, expect, it } from 'vitest';

import { guardsOnTrial } from '../../../src/directives/guarded-types.js';
import { execute, guardedSchema, ScriptedContext } from '../../support/guarded-schema.js';

const schema = guardedSchema(
  `
  type Tried @key(fields: "id") @authorize(action: "readTried", dryRun: true) { id: ID! }
  type Half @key(fields: "id")
    @authorize(action: "readHalf", dryRun: true, onDenied: REJECT)
    @authorize(action: "openHalf") { id: ID! }
  type Query {
    tried: Tried
    strictTried: [Tried!]!
    halves: [Half!]!
    field: String @authorize(action: "open", dryRun: true)
    items: [Item] @authorize(action: "see", onDenied: FILTER, dryRun: true)
    about(id: ID): String @authorize(action: "see", resource: "$args.id", resourceType: "Item", dryRun: true)
  }
  type Mutation { change: String @authorize(action: "change", onDenied: REJECT, dryRun: true) }
  type Item { id: ID! }
`,
  {
    Query: {
      tried: () => ({ id: '1' }),
      strictTried: () => [{ id: '1' }, { id: '2' }],
      halves: () => [{ id: '1' }, { id: '2' }],
      field: () => 'field',
      items: () => [{ id: '1' }, { id: '2' }],
      about: () => 'about',
    },
    Mutation: { change: () => 'changed' },
  },
);

const EVERYTHING = '{ tried { id } strictTried { id } field items { id } about(id: "7") }';
const ALL = {
  tried: { id: '1' },
  strictTried: [{ id: '1' }, { id: '2' }],
  field: 'field',
  items: [{ id: '1' }, { id: '2' }],
  about: 'about',
};

describe('a guard on trial', () => {
  it('denies nothing, and notes what it would have denied', async () => {
    const context = new ScriptedContext('v', ['see Identity::Item::"1"']);
    expect(await execute(schema, EVERYTHING, context)).toEqual({ data: ALL, errors: [] });
    expect(context.filtered).toEqual([]);
    expect(context.trials).toContainEqual({
      field: 'Query.field',
      action: 'open',
      resourceType: 'Identity::Application',
      reason: 'NOT_PERMITTED',
    });
    expect(context.trials.filter(({ field }) => field === 'Query.items')).toHaveLength(1);
    expect(context.trials.filter(({ field }) => field === 'Tried')).toHaveLength(3);
  });

  it('notes nothing of what it would have admitted', async () => {
    const context = new ScriptedContext('v', () => 'PERMITTED');
    expect(await execute(schema, EVERYTHING, context)).toEqual({ data: ALL, errors: [] });
    expect(context.trials).toEqual([]);
  });

  it.each(['UNAVAILABLE', 'INVALID', 'FORBIDDEN'] as const)('lets pass what is %s', async (reason) => {
    const context = new ScriptedContext('v', () => reason);
    expect(await execute(schema, EVERYTHING, context)).toEqual({ data: ALL, errors: [] });
    expect(new Set(context.trials.map((trial) => trial.reason))).toEqual(new Set([reason]));
  });

  it('lets pass who is not signed in, and asks nothing', async () => {
    const context = new ScriptedContext(null, []);
    expect(await execute(schema, EVERYTHING, context)).toEqual({ data: ALL, errors: [] });
    expect(new Set(context.trials.map((trial) => trial.reason))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(context.asked).toEqual([]);
  });

  it('lets pass where its path leads nowhere', async () => {
    const context = new ScriptedContext('v', []);
    expect((await execute(schema, '{ about }', context)).data).toEqual({ about: 'about' });
    expect(context.trials).toEqual([
      { field: 'Query.about', action: 'see', resourceType: undefined, reason: 'NOT_PERMITTED' },
    ]);
  });

  it('refuses no operation', async () => {
    const context = new ScriptedContext('v', []);
    expect(await execute(schema, 'mutation { change }', context)).toEqual({
      data: { change: 'changed' },
      errors: [],
    });
    expect(context.refusal).toBeUndefined();
    expect(context.trials.map(({ field }) => field)).toEqual(['Mutation.change']);
  });

  it('leaves a guard beside it in force', async () => {
    const context = new ScriptedContext('v', ['openHalf Identity::Half::"2"']);
    expect(await execute(schema, '{ halves { id } }', context)).toEqual({
      data: { halves: [{ id: '2' }] },
      errors: [],
    });
    expect(context.trials).toHaveLength(2);
    const nobody = await execute(schema, '{ halves { id } }', new ScriptedContext(null, []));
    expect(nobody.errors).toEqual(['UNAUTHENTICATED at halves']);
  });

  it('is known by name before the first request', () => {
    expect(guardsOnTrial(schema).toSorted()).toEqual([
      'Half (readHalf)',
      'Mutation.change (change)',
      'Query.about (see)',
      'Query.field (open)',
      'Query.items (see)',
      'Tried (readTried)',
    ]);
  });
});
