import { expect, it } from 'vitest';

import { qualifyAction, qualifyType } from '../../../../src/services/authorization/names.js';

it.each([
  ['readUser', 'Identity::User', 'Identity::Action', 'readUser'],
  ['view', 'Documents::Document', 'Documents::Action', 'view'],
  ['view', 'A::B::Document', 'A::B::Action', 'view'],
  ['view', 'Document', 'Action', 'view'],
  ['Documents::view', 'Identity::User', 'Documents::Action', 'view'],
  ['A::B::view', 'Identity::User', 'A::B::Action', 'view'],
  ['Documents::Action::"view all"', 'Identity::User', 'Documents::Action', 'view all'],
  ['Action::"view"', 'Identity::User', 'Action', 'view'],
])('%s on %s is %s::"%s"', (action, resourceType, type, id) => {
  expect(qualifyAction(action, resourceType)).toEqual({ type, id });
});

it('counts a type without a namespace as one of Identity', () => {
  expect([qualifyType('User'), qualifyType('Documents::Document')]).toEqual([
    'Identity::User',
    'Documents::Document',
  ]);
});
