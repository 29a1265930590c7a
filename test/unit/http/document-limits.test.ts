import { expect, it } from 'vitest';

import { isWithinLimits } from '../../../src/http/document-limits.js';
import { limitsOf } from '../../../src/http/limits.js';

const nested = (levels: number) => `{ me { ${'... { '.repeat(levels)} id ${'} '.repeat(levels)} } }`;

it.each([
  ['an ordinary document', '{ me { id email } }'],
  [
    '1,000 checks written out',
    `{ decisions(checks: [${`
    {
      action: "readUser"
      resource: {
        type: "Identity::User"
        id: "${'i'.repeat(200)}"
      }
    }`.repeat(1_000)}]) { allowed } }`,
  ],
  ['twelve fields with a condition on each', `${'{ a { ... on A '.repeat(11)} { a } ${'} } '.repeat(11)}`],
  ['what does not parse', '{ me { "'],
  ['braces within strings', `{ a(b: "${'{'.repeat(9_000)}") }`],
])('admits %s', (_what, document) => {
  expect(isWithinLimits(document, limitsOf('direct'))).toBe(true);
});

it.each([
  ['selections 50,000 deep', '{a'.repeat(50_000)],
  ['lists 50,000 deep', `{ a(b: ${'['.repeat(50_000)}`],
  ['5,000 fragments', 'fragment f on User { id } '.repeat(5_000)],
  ['50,000 fields', `{ ${'a '.repeat(50_000)} }`],
  ['400,000 lines', `{ me {${'\n'.repeat(400_000)}} }`],
  ['a name of 201 characters', `{ ${'a'.repeat(201)}: me { id } }`],
  ['a text of 10,001 characters', `{ user(id: "${'a'.repeat(9_999)}") { id } }`],
  ['inline fragments 40 deep', nested(40)],
])('refuses %s', (_what, document) => {
  expect(isWithinLimits(document, limitsOf('direct'))).toBe(false);
});

it('lets gateways nest deeper, to an end', () => {
  expect(isWithinLimits(nested(90), limitsOf('gateway'))).toBe(true);
  expect(isWithinLimits(nested(99), limitsOf('gateway'))).toBe(false);
});
