import type { Chance } from '../chance.js';

/** What is posted, by whom, and under which type. */
export interface Posted {
  readonly body: string;
  readonly token: string | undefined;
  readonly contentType: string;
}

type Malform = (posted: Posted, chance: Chance) => Posted;

const withVariables =
  (make: (chance: Chance) => unknown): Malform =>
  (posted, chance) => ({
    ...posted,
    body: JSON.stringify({ ...(JSON.parse(posted.body) as object), variables: make(chance) }),
  });

const withBody =
  (make: (body: string, chance: Chance) => string): Malform =>
  (posted, chance) => ({ ...posted, body: make(posted.body, chance) });

const withQuery = (make: (query: string) => string): Malform =>
  withBody((body) => {
    const { query, ...rest } = JSON.parse(body) as { query: string };
    return JSON.stringify({ ...rest, query: make(query) });
  });

const CHECK = { action: 'readUser', resource: { type: 'User', id: 'x' } };

/** The one variable that each made operation has. */
const ODD_CHECKS: readonly unknown[] = [
  undefined,
  null,
  'check',
  7,
  [null],
  [[CHECK, null]],
  [{}],
  [{ ...CHECK, action: null }],
  [{ ...CHECK, action: ['readUser'] }],
  [{ ...CHECK, resource: 'User' }],
  [{ ...CHECK, resource: { type: 'User' } }],
  [{ ...CHECK, resource: { type: 'User', id: { $ne: '' } } }],
  [{ ...CHECK, context: 'x' }],
  [{ ...CHECK, context: [] }],
  [{ ...CHECK, effect: 'ALLOW' }],
  [{ ...CHECK, resourceAttributes: true }],
];

const garbled = (body: string, chance: Chance): string =>
  chance.pick([
    '',
    '{',
    'null',
    '[]',
    '[{}]',
    '"query"',
    '{"query":5}',
    '{"query":""}',
    '{"query":null}',
    '{"query":"{"}',
    '{"query":{"__proto__":null}}',
    '['.repeat(50_000),
    body.slice(0, chance.below(body.length)),
    `\ufeff${body}x`,
    body.replace('"variables"', '"variables":{},"__proto__":{},"x"'),
  ]);

/** Ways in which a sound operation becomes one that nothing may come of but an error. */
export const MALFORMED: Readonly<Record<string, Malform>> = {
  'a body that is none': withBody(garbled),
  'odd variables': withVariables((chance) => chance.pick<unknown>([null, [], {}, { c0: null }, { c1: [] }])),
  'odd checks': withVariables((chance) => ({ c0: chance.pick(ODD_CHECKS) })),
  'too many checks': withVariables(() => ({ c0: Array.from({ length: 1_001 }, () => CHECK) })),
  'an unknown field': withQuery((query) => query.replace('allowed', 'allowed allowedTo')),
  'an unknown argument': withQuery((query) => query.replace('checks:', 'anyway: true, checks:')),
  'a document that does not end': withQuery((query) => query.slice(0, -1)),
  'fields without end': withQuery((query) => query.replace('allowed', 'errors { '.repeat(20_000))),
  'an operation that is not there': withBody((body) =>
    JSON.stringify({ ...(JSON.parse(body) as object), operationName: 'Other' }),
  ),
  'no credential': (posted) => ({ ...posted, token: undefined }),
  'a credential that is none': (posted, chance) => ({
    ...posted,
    token: chance.pick([
      'x',
      'a.b.c',
      'portcullis-aws-v1.',
      `${posted.token?.slice(0, -4)}AAAA`,
      'é'.repeat(9),
    ]),
  }),
  'another type of content': (posted, chance) => ({
    ...posted,
    contentType: chance.pick(['text/plain', 'application/x-www-form-urlencoded', 'x', 'multipart/form-data']),
  }),
};
