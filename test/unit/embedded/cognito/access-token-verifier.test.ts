import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dispatch } from '../../../../src/embedded/aws-json.js';
import { openEmbeddedCognito, type EmbeddedCognito } from '../../../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
beforeAll(async () => {
  cognito = await openEmbeddedCognito();
});
afterAll(() => cognito.close());

const text = (payload: unknown) => {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'RS256', kid: 'x' })}.${encode(payload)}.c2ln`;
};

it.each([
  ['a number', text({ iss: 7 })],
  ['a list', text({ iss: ['x'] })],
  ['a record', text({ iss: { split: 'x' } })],
  ['null', text({ iss: null })],
  ['missing', text({})],
  ['NUL', text({ iss: 'https://x/eu-west-1_\0' })],
  ['half a surrogate pair', text({ iss: 'https://x/\ud800' })],
  ['endless', text({ iss: `https://x/eu-west-1_${'a'.repeat(5_000)}` })],
  ['of nobody', text({ iss: 'https://x/eu-west-1_nobody' })],
  ['unsigned', new UnsecuredJWT({ iss: 'https://x/eu-west-1_nobody' }).encode()],
  ['in no token', 'a.b.c'],
])('refuses a token whose issuer is %s', async (_what, AccessToken) => {
  const answer = await dispatch(cognito.engine.service, {
    target: 'AWSCognitoIdentityProviderService.GetUser',
    body: JSON.stringify({ AccessToken }),
  });
  expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
    400,
    { __type: 'NotAuthorizedException', message: 'Invalid Access Token' },
  ]);
});
