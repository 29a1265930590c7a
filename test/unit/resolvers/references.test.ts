import { describe, expect, test } from 'vitest';

import type { RequestContext } from '../../../src/context.js';
import { resolveSessionReference } from '../../../src/resolvers/session.reference.js';
import { resolveUserReference } from '../../../src/resolvers/user.reference.js';

describe.each([
  ['a person', resolveUserReference],
  ['a session', resolveSessionReference],
])('a reference to %s', (_what, resolve) => {
  const record = Object.freeze({ id: '1', enabled: true });
  const loader = { load: async (id: string) => (id === '1' ? record : undefined) };
  const context = { loaders: { users: loader, sessions: loader } } as unknown as RequestContext;

  test('comes to a record of its own, on which the name of the type can be written', async () => {
    const found = await resolve({ id: '1' }, context);
    expect(found).toEqual(record);
    expect(Object.isFrozen(found)).toBe(false);
  });

  test('comes to nothing where there is none', async () => {
    expect(await resolve({ id: '2' }, context)).toBeNull();
  });
});
