import { expect, it } from 'vitest';

import { describeWork, workOf } from '../../../bench/decision-work.js';

const frame = (url: string, functionName = 'anything') => ({
  functionName,
  url,
  lineNumber: 0,
  columnNumber: 0,
});

it.each([
  ['wasm://wasm/cedar-0123', 'Cedar, in wasm'],
  ['/node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm.js', 'values into wasm and out of it'],
  ['file:///src/services/cedar/known-entities.ts', 'looking through entities'],
  ['file:///src/services/cedar/scope-index.ts', 'finding policies'],
  ['file:///src/services/cedar/likeness.ts', 'telling questions apart'],
  ['file:///src/services/authorization/local-authorizer.ts', 'the rest of ours'],
])('%s works at: %s', (url, work) => {
  expect(workOf(frame(url))).toBe(work);
});

it('what has no source of its own works for its caller, but for the garbage collector', () => {
  expect(workOf(frame(''))).toBeUndefined();
  expect(workOf(frame('', '(garbage collector)'))).toBe('collecting garbage');
});

it('the longest work comes first, in microseconds a decision and as a share of all', () => {
  const times = new Map([
    ['other', 20],
    ['Cedar, in wasm', 60],
  ] as const);
  expect(describeWork(times, 400)).toEqual([' 150.0 µs   75 %  Cedar, in wasm', '  50.0 µs   25 %  other']);
});
