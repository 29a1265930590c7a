import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { beforeEach, describe, expect, it } from 'vitest';

import { clientCredentials, type ClientCredentialsOptions } from '../../../src/authorize/index.js';
import { FakeClock } from '../../support/fake-clock.js';

interface TokenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let requests: TokenRequest[];
let answering: (response: ServerResponse) => unknown;
let tokenUrl: string;
let clock: FakeClock;
beforeEach(async () => {
  requests = [];
  clock = new FakeClock();
  answering = (response) => grant(response, { access_token: `token-${requests.length}` });
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      requests.push({ headers: incoming.headers, body });
      answering(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/token`;
  return () => {
    server.closeAllConnections();
    server.close();
  };
});

const grant = (response: ServerResponse, answer: object, status = 200) =>
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ token_type: 'Bearer', expires_in: 3_600, ...answer }));
const credentialOf = (options: Partial<ClientCredentialsOptions> = {}) =>
  clientCredentials({ tokenUrl, clientId: 'documents', clientSecret: 'secret', ...options }, clock);

describe('the client credentials grant', () => {
  it('asks as RFC 6749 has it, with what has to be encoded', async () => {
    await credentialOf({ clientId: 'a:b', clientSecret: 'c d+ä', scope: 'portcullis/decide' })({});
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = requests;
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'portcullis/decide',
    });
    expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString()).toBe(
      'a%3Ab:c+d%2B%C3%A4',
    );
  });

  it('keeps a token until shortly before its end', async () => {
    const credential = credentialOf();
    expect(await credential({})).toBe('token-1');
    clock.advance(3_570_000 - 1);
    expect(await credential({})).toBe('token-1');
    clock.advance(1);
    expect(await credential({})).toBe('token-2');
  });

  it('gives everybody who waits the same', async () => {
    const credential = credentialOf();
    expect(await Promise.all([credential({}), credential({}), credential({})])).toEqual(
      Array.from({ length: 3 }, () => 'token-1'),
    );
    expect(requests).toHaveLength(1);
  });

  it('gets another where the one it has was refused, once for all who were', async () => {
    const credential = credentialOf();
    const rejected = await credential({});
    await Promise.all([credential({ rejected }), credential({ rejected })]);
    expect(await credential({ rejected })).toBe('token-2');
    expect(requests).toHaveLength(2);
  });

  it.each<[string, (response: ServerResponse) => unknown, boolean]>([
    ['refuses it', (response) => grant(response, { error: 'invalid_client' }, 401), false],
    ['is overloaded', (response) => grant(response, {}, 503), true],
    ['hangs up', (response) => response.destroy(), true],
    ['sends it elsewhere', (response) => response.writeHead(307, { location: '/' }).end(), false],
    ['gives no token', (response) => grant(response, {}), false],
    ['gives a token that no header holds', (response) => grant(response, { access_token: 'a\nb' }), false],
    [
      'gives a token of another kind',
      (response) => grant(response, { access_token: 'a', token_type: 'mac' }),
      false,
    ],
    ['has too much to say', (response) => grant(response, { access_token: 'a'.repeat(70_000) }), false],
    ['talks nonsense', (response) => response.end('<html>'), false],
  ])('fails where the endpoint %s, and asks anew the next time', async (_, reply, retryable) => {
    const good = answering;
    answering = reply;
    const credential = credentialOf();
    const failure: unknown = await Promise.resolve(credential({})).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'DecisionFailure', retryable });
    expect(String(failure)).not.toContain('secret');
    answering = good;
    expect(await credential({})).toBe('token-2');
  });

  it('trusts a token that says nothing of its end for a minute', async () => {
    answering = (response) =>
      grant(response, { access_token: `token-${requests.length}`, expires_in: 'soon' });
    const credential = credentialOf();
    await credential({});
    clock.advance(54_000 - 1);
    expect(await credential({})).toBe('token-1');
    clock.advance(1);
    expect(await credential({})).toBe('token-2');
  });

  it('sends no secret readably over a network', () => {
    expect(() => credentialOf({ tokenUrl: 'http://idp.example/token' })).toThrow(
      'tokenUrl must be https beyond this machine',
    );
    expect(() =>
      credentialOf({ tokenUrl: 'http://idp.example/token', allowInsecureHttp: true }),
    ).not.toThrow();
  });
});
