import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AUTHENTICATION_MUTATIONS } from '../../examples/supergraph/gateway-limits.js';
import { startGateway } from '../../examples/supergraph/start-gateway.js';
import * as portcullis from '../../src/schema/authentication-mutations.js';
import { startApolloGateway } from '../support/apollo-gateway.js';
import { RunningApp } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph } from '../support/supergraph.js';

const TOO_COMPLEX = ['OPERATION_TOO_COMPLEX'];
const resend = (alias: string) => `${alias}: resendConfirmation(email: "nobody@example.com") { medium }`;
const mutation = (...aliases: string[]) => `mutation { ${aliases.map(resend).join(' ')} }`;
const aliases = (count: number, field = 'id') =>
  `{ documents { ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} } }`;
/** Fields within each other: this many pairs, and two more. */
const nested = (pairs: number) =>
  `{ documents ${'{ owner { documents '.repeat(pairs)} { id } ${'} }'.repeat(pairs)} }`;
/** The same depth, half of it in a fragment. */
const nestedInFragment = (pairs: number) =>
  `{ documents { owner { documents { ...rest } } } }
   fragment rest on Document ${'{ owner { documents '.repeat(pairs)} { id } ${'} }'.repeat(pairs)}`;
const directives = (count: number) => `{ documents { ${'id @skip(if: true) '.repeat(count)} } }`;
/** 15 for each question, and a few more: many fields of one name would be too much for other reasons. */
const tokens = (count: number) => {
  const questions = Math.floor((count - 12) / 15);
  const question = '{ action: "fly", resource: { type: "Bird", id: "1" } }';
  const fields = 'allowed '.repeat(count - 11 - 15 * questions);
  return `{ decisions(checks: [${question.repeat(questions)}]) { ${fields} } }`;
};
/** A list of fragments, each of which has the next one twice. */
const doubling = Array.from({ length: 100 }, (_, index) =>
  index === 99
    ? `fragment f99 on Document { id }`
    : `fragment f${index} on Document { ...f${index + 1} ... { ...f${index + 1} } }`,
).join(' ');

let app: RunningApp;
let token: string;
beforeAll(async () => {
  app = await RunningApp.start({ GATEWAY_SECRET });
  token = (await app.signIn('alice@example.com')).accessToken;
});
afterAll(() => app.stop());

describe("the example's gateway", () => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await Supergraph.start(app, startGateway, []);
  });
  afterAll(() => supergraph.stop());

  it.each([
    ['50 mutations that mail somebody', mutation(...Array.from({ length: 50 }, (_, index) => `a${index}`))],
    ['two of them', mutation('one', 'other')],
    [
      'two of them, one in a fragment',
      `mutation { ${resend('one')} ...rest } fragment rest on Mutation { ... { ${resend('other')} } }`,
    ],
    [
      'two of several kinds',
      `mutation { refreshTokens(refreshToken: "a") { accessToken } ${resend('other')} }`,
    ],
    ['31 aliases', aliases(31)],
    ['31 aliases of __typename', aliases(31, '__typename')],
    ['fields 13 deep', nested(6)],
    ['fields 13 deep, some of them in a fragment', nestedInFragment(5)],
    ['51 directives', directives(51)],
    ['2,001 tokens', tokens(2_001)],
    ['braces 20,000 deep', '{ documents '.repeat(20_000)],
    ['fragments that double', `{ documents { ...f0 } } ${doubling}`],
  ])('refuses %s, and asks no subgraph', async (_what, query) => {
    supergraph.portcullis.requests.length = 0;
    supergraph.documents.requests.length = 0;
    const { faults, data } = await supergraph.ask(query);
    expect([faults, data]).toEqual([TOO_COMPLEX, undefined]);
    expect([...supergraph.portcullis.requests, ...supergraph.documents.requests]).toEqual([]);
  });

  it.each([
    ['one mutation that mails somebody', mutation('one')],
    ['it twice under one name', mutation('one', 'one')],
    ['30 aliases', aliases(30)],
    ['fields 12 deep', nested(5)],
    ['50 directives', directives(50)],
    ['2,000 tokens', tokens(2_000)],
  ])('answers %s', async (_what, query) => {
    expect((await supergraph.ask(query, { token })).errors).toEqual([]);
  });

  describe('given a body', () => {
    const MB = 1_048_576;
    const post = async (body: string | ReadableStream) => {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body, duplex: 'half' };
      const response = await fetch(supergraph.url, request);
      return { status: response.status, text: await response.text() };
    };
    const refusal = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
    /** An operation in a body of this length. */
    const padded = (length: number) => JSON.stringify({ query: '{ __typename }' }).padEnd(length);
    /** Without a length, since nobody knows it before the end. */
    const inParts = (body: string) => new Blob([body]).stream();

    it.each([
      ['in one piece', padded],
      ['in parts', (length: number) => inParts(padded(length))],
    ])('of 1 MB %s, answers it, and refuses one that is longer', async (_how, bodyOf) => {
      const { status, text } = await post(bodyOf(MB));
      expect([status, JSON.parse(text)]).toEqual([200, { data: { __typename: 'Query' } }]);
      for (const length of [MB + 1, 20 * MB]) {
        const refused = await post(bodyOf(length));
        expect([refused.status, JSON.parse(refused.text)]).toEqual([413, refusal('The body is too large.')]);
      }
    });

    it.each([
      ['no JSON', 'a'.repeat(MB)],
      ['no object', JSON.stringify('a'.repeat(1_000))],
      ['cut short', padded(100).slice(0, 20)],
      ['empty', ''],
    ])('that is %s, repeats nothing of it', async (_what, body) => {
      const { status, text } = await post(body);
      expect([status, JSON.parse(text)]).toEqual([400, refusal('The request is malformed.')]);
    });

    it('refuses variables in the address that are no JSON', async () => {
      const response = await fetch(`${supergraph.url}?query={__typename}&variables=secret`);
      expect([response.status, await response.json()]).toEqual([400, refusal('The request is malformed.')]);
    });

    const long = 'a'.repeat(500_000);
    it.each([
      ['an operation that is none', { query: long }],
      ['a field that is none', { query: `{ ${long} }` }],
      ['a parameter that is none', { query: '{ __typename }', [long]: 1 }],
      [
        'a variable of another type',
        {
          query: 'query ($id: ID!) { document(id: $id) { id } }',
          variables: { id: { [long]: long } },
        },
      ],
    ])('with %s, quotes no more than the beginning of it', async (_what, body) => {
      const { text } = await post(JSON.stringify(body));
      expect(JSON.parse(text)).toEqual({
        errors: [expect.objectContaining({ message: expect.stringMatching(/^.{500}…$/) as string })],
      });
    });
  });

  it('knows every mutation that Portcullis takes but one of', () => {
    expect(AUTHENTICATION_MUTATIONS).toEqual(portcullis.AUTHENTICATION_MUTATIONS);
  });
});

describe('@apollo/gateway', () => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await Supergraph.start(app, startApolloGateway, []);
  });
  afterAll(() => supergraph.stop());

  it('sends the mutations of one operation together, so that Portcullis refuses a second by itself', async () => {
    supergraph.portcullis.requests.length = 0;
    const { faults } = await supergraph.ask(mutation('one', 'other'));
    expect(supergraph.portcullis.requests).toHaveLength(1);
    expect(faults).toEqual(TOO_COMPLEX);
  });

  it.each([
    ['31 aliases', aliases(31), 'Aliases limit of 30 exceeded, found 31.'],
    ['31 aliases of __typename', aliases(31, '__typename'), 'Aliases limit of 30 exceeded, found 31.'],
    ['fields 13 deep', nested(6), 'Query depth limit of 12 exceeded, found 14.'],
    ['such fields, some in a fragment', nestedInFragment(5), 'Query depth limit of 12 exceeded, found 14.'],
    ['51 directives', directives(51), 'Directives limit of 50 exceeded, found 51.'],
    ['2,001 tokens', tokens(2_001), 'Document contains more that 2000 tokens. Parsing aborted.'],
    [
      'braces 20,000 deep',
      '{ documents '.repeat(20_000),
      'Document contains more that 2000 tokens. Parsing aborted.',
    ],
    [
      'fragments that double',
      `{ documents { ...f0 } } ${doubling}`,
      'Query Cost limit of 20000 exceeded, found ',
    ],
  ])('refuses %s with HTTP 400, and asks no subgraph', async (_what, query, message) => {
    supergraph.portcullis.requests.length = 0;
    supergraph.documents.requests.length = 0;
    const { status, errors, data } = await supergraph.ask(query);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining(`Syntax Error: ${message}`),
    ]);
    expect([...supergraph.portcullis.requests, ...supergraph.documents.requests]).toEqual([]);
  });

  it.each([
    ['30 aliases', aliases(30)],
    ['fields 12 deep', nested(5)],
    ['50 directives', directives(50)],
    ['2,000 tokens', tokens(2_000)],
  ])('answers %s', async (_what, query) => {
    const { status, errors } = await supergraph.ask(query, { token });
    expect([status, errors]).toEqual([200, []]);
  });

  it('is as docs/gateways.md has it', async () => {
    const read = async (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    const [, section = ''] = (await read('docs/gateways.md')).split('\n## @apollo/gateway\n');
    const quoted = [...section.matchAll(/```ts\n(.+?)```/gs)].flatMap(([, block = '']) => linesOf(block));
    const file = linesOf(await read('test/support/apollo-gateway.ts'));
    expect(quoted.length).toBeGreaterThan(20);
    expect(quoted.filter((line) => !file.includes(line))).toEqual([]);
  });
});

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
