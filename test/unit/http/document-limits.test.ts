import { expect, it } from 'vitest';

import { isWithinLimits } from '../../../src/http/document-limits.js';

it.each([
  ['an ordinary document', '{ me { id email } }'],
  [
    '1,000 checks written out',
    `{ decisions(checks: [${'{action:"a",resource:{type:"T",id:"i"}} '.repeat(1_000)}]) { allowed } }`,
  ],
  ['what does not parse', '{ me { "'],
  ['braces within strings', `{ a(b: "${'{'.repeat(10_000)}") }`],
])('admits %s', (_what, document) => {
  expect(isWithinLimits(document, 25_000)).toBe(true);
});

it.each([
  ['selections 50,000 deep', '{a'.repeat(50_000)],
  ['lists 50,000 deep', `{ a(b: ${'['.repeat(50_000)}`],
  ['5,000 fragments', 'fragment f on User { id } '.repeat(5_000)],
  ['50,000 fields', `{ ${'a '.repeat(50_000)} }`],
])('refuses %s', (_what, document) => {
  expect(isWithinLimits(document, 25_000)).toBe(false);
});
