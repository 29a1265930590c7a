import { describe, expect, it } from 'vitest';

import { declaredNamespaces } from '../../../../src/services/cedar/declared-namespaces.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';

describe('declaredNamespaces', () => {
  it.each([
    ['namespace A { entity X; } namespace A::B { entity Y = { a: { b: Long } }; }'],
    ['// namespace No {\nentity X;\nnamespace A { entity Y; }'],
    [
      '@doc("namespace No {") namespace A { action "namespace" appliesTo { principal: [X], resource: [X] }; entity X; }',
    ],
    ['@quiet namespace A { } action namespace; entity Z { a: Long };'],
    ['entity namespace = { a: String }; entity Z;'],
    ['entity E enum ["namespace No {"];'],
    [''],
  ])('finds what Cedar finds in %j', (text) => {
    const { namespaces } = parseSchema(text);
    expect([...declaredNamespaces(text)].sort()).toEqual([...namespaces].sort());
  });
});
