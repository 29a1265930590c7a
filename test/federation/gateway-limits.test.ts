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
/** A list of fragments, each of which has the next one twice. */
const doubling = Array.from({ length: 100 }, (_, index) =>
  index === 99
    ? `fragment f99 on Document { id }`
    : `fragment f${index} on Document { ...f${index + 1} ... { ...f${index + 1} } }`,
).join(' ');

let app: RunningApp;
beforeAll(async () => {
  app = await RunningApp.start({ GATEWAY_SECRET });
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
    [
      '31 aliases',
      `{ documents { ${Array.from({ length: 31 }, (_, index) => `a${index}: id`).join(' ')} } }`,
    ],
    ['fields 13 deep', `{ documents ${'{ owner { documents '.repeat(6)} { id } ${'} }'.repeat(6)} }`],
    ['51 directives', `{ documents { ${'id @skip(if: true) '.repeat(51)} } }`],
    ['2,001 tokens and more', `{ documents { ${'id '.repeat(2_000)} } }`],
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
    [
      '30 aliases',
      `{ documents { ${Array.from({ length: 30 }, (_, index) => `a${index}: id`).join(' ')} } }`,
    ],
    ['fields 12 deep', `{ documents ${'{ owner { documents '.repeat(5)} { id } ${'} }'.repeat(5)} }`],
  ])('answers %s', async (_what, query) => {
    expect((await supergraph.ask(query)).faults).not.toContain('OPERATION_TOO_COMPLEX');
  });

  it('knows every mutation that Portcullis takes but one of', () => {
    expect(AUTHENTICATION_MUTATIONS).toEqual(portcullis.AUTHENTICATION_MUTATIONS);
  });
});

describe('@apollo/gateway', () => {
  it('sends the mutations of one operation together, so that Portcullis refuses a second by itself', async () => {
    const supergraph = await Supergraph.start(app, startApolloGateway, []);
    const { faults } = await supergraph.ask(mutation('one', 'other'));
    await supergraph.stop();
    expect(supergraph.portcullis.requests).toHaveLength(1);
    expect(faults).toEqual(TOO_COMPLEX);
  });
});
