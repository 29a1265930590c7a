import { Kind, parse, print } from 'graphql';
import { expect, it } from 'vitest';

import { isAllOrNothing } from '../../../../../examples/web/src/graphql/operation.js';
import * as generated from '../../../../../examples/web/src/operations/generated.js';

const operations = Object.entries(generated)
  .filter(([, value]) => value instanceof generated.TypedDocumentString)
  .map(([name, document]) => [name, String(document)] as const)
  .filter(([, text]) => parse(text).definitions[0]?.kind === Kind.OPERATION_DEFINITION);

it.each(operations)('is all or nothing: %s, as every operation of this page', (_, text) => {
  expect(isAllOrNothing(text)).toBe(true);
});

const MUTATIONS: [isOne: boolean, text: string][] = [
  [true, 'mutation { logout }'],
  [true, 'mutation Out @a { out: logout @include(if: true) }'],
  [true, 'mutation ($id: ID!) { disableUser(id: $id) { id email roles { id } } }'],
  [
    true,
    `mutation { login(input: { email: "a@example.com", password: "${'x'.repeat(80)}" }) { ...S } }
    fragment S on LoginResult { __typename challenge }`,
  ],
  [false, 'mutation { revokeOtherSessions logout }'],
  [false, 'mutation { a: revokeSession(id: "1") { id } b: revokeSession(id: "2") { id } }'],
  [false, 'mutation { ...Both } fragment Both on Mutation { revokeOtherSessions logout }'],
  [false, 'mutation { ... on Mutation { revokeOtherSessions logout } }'],
];

it.each(MUTATIONS)('is %s of a mutation such as %s', (isOne, text) => {
  expect(isAllOrNothing(print(parse(text)))).toBe(isOne);
});

it.each(['mutation { revokeOtherSessions logout }', '', 'mutation'])(
  'is not to be counted on where it is written as nothing is printed: %j',
  (text) => expect(isAllOrNothing(text)).toBe(false),
);

it.each(['query { me { id } users { nodes { id } } }', '{ me { id } users { nodes { id } } }'])(
  'is so of a query with however many root fields: %s',
  (text) => expect([text, print(parse(text))].map(isAllOrNothing)).toEqual([true, true]),
);
