import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createHttpsJwksSource } from '../../../../src/services/tokens/https-jwks-source.js';

const ISSUER = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_People';
let server: Server;
let endpoint: string;
let answer: (response: ServerResponse, path: string | undefined) => void;

beforeEach(async () => {
  server = createServer((request, response) => answer(response, request.url));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('reads the key set of the issuer’s pool at the endpoint', async () => {
  let asked: string | undefined;
  answer = (response, path) => {
    asked = path;
    response.end('{"keys":[{"kty":"RSA","kid":"one"}]}');
  };
  const source = createHttpsJwksSource({ endpoint: `${endpoint}/` });
  await expect(source(ISSUER)).resolves.toEqual({ keys: [{ kty: 'RSA', kid: 'one' }] });
  expect(asked).toBe('/eu-west-1_People/.well-known/jwks.json');
});

test.each<[string, (response: ServerResponse) => void]>([
  ['an error', (response) => void response.writeHead(503).end('{"keys":[]}')],
  ['a redirect', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['something that is no JSON', (response) => void response.end('<html>')],
  ['something that is no key set', (response) => void response.end('{"keys":1}')],
  ['nothing', () => undefined],
])('rejects %s', async (_what, respond) => {
  answer = respond;
  await expect(createHttpsJwksSource({ endpoint, timeoutMs: 200 })(ISSUER)).rejects.toThrow();
});
