import { expect, it } from 'vitest';

import { timeByCategory, type CpuProfile } from '../../../bench/profile.js';
import { workOf } from '../../../bench/sign-in-profile.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 });

it('what a function without a category does counts as what its nearest caller with one does', () => {
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5, 6] },
      { id: 2, callFrame: frame('query', 'database'), children: [3] },
      { id: 3, callFrame: frame('map'), children: [4] },
      { id: 4, callFrame: frame('parse', 'tokens') },
      { id: 5, callFrame: frame('map') },
      { id: 6, callFrame: frame('(idle)') },
    ],
    samples: [2, 3, 4, 5, 6, 3],
    timeDeltas: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
  };
  const times = timeByCategory(profile, ({ url }) => url || undefined, 'rest');
  expect(Object.fromEntries(times)).toEqual({ database: 35, tokens: 4, rest: 24 });
});

it('an empty profile has taken no time', () => {
  expect(timeByCategory({ nodes: [], samples: [], timeDeltas: [] }, () => undefined, 'rest').size).toBe(0);
});

it.each([
  ['../node_modules/@electric-sql/pglite/dist/index.js', 'the database'],
  ['../../node_modules/src/pg-core/dialect.ts', 'the database'],
  ['../../src/services/database/prepared-pglite.ts', 'the database'],
  ['../node_modules/@smithy/core/index.js', 'the AWS SDK'],
  ['../src/embedded/aws-json.ts', 'the AWS SDK'],
  ['../src/embedded/verified-permissions/decisions.ts', 'decisions'],
  ['../src/embedded/cognito/sign-in.ts', 'the embedded Cognito'],
  ['../src/services/tokens/seal.ts', 'tokens'],
  ['../node_modules/graphql/execution/execute.js', 'GraphQL'],
  ['../node_modules/fastify/lib/reply.js', 'HTTP'],
  ['../src/services/sessions/session-row.ts', 'the service itself'],
  ['node:internal/util', undefined],
])('%s works at %s', (source, work) => {
  expect(workOf(() => source)(frame('run'))).toBe(work);
});

it('nobody asks for the garbage to be collected', () => {
  const categorize = workOf(() => '');
  expect(categorize(frame('(garbage collector)'))).toBe('collecting garbage');
  expect(categorize(frame('(idle)'))).toBe('idle');
});
