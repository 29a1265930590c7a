import { afterAll, beforeAll, expect, it } from 'vitest';

import { dispatch } from '../../../../src/embedded/aws-json.js';
import { openEmbeddedCognito, type EmbeddedCognito } from '../../../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
beforeAll(async () => {
  cognito = await openEmbeddedCognito();
});
afterAll(() => cognito.close());

const UserPoolId = 'eu-west-1_abc';
const ClientId = 'client';
const value = (name: string, constraint: string) =>
  `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must ${constraint}`;

it.each([
  ['ListUsers', { UserPoolId, Limit: 61 }, value('limit', 'have value less than or equal to 60')],
  ['ListUsers', { UserPoolId, Limit: -1 }, value('limit', 'have value greater than or equal to 0')],
  ['ListUsers', { UserPoolId, Limit: 'many' }, value('limit', 'be of type number')],
  ['ListUsers', {}, value('userPoolId', 'not be null')],
  ['ListUsers', { UserPoolId: null }, value('userPoolId', 'not be null')],
  [
    'ListUsers',
    { UserPoolId: 'nowhere' },
    value('userPoolId', 'satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+'),
  ],
  [
    'AdminGetUser',
    { UserPoolId, Username: 'x'.repeat(129) },
    value('username', 'have length less than or equal to 128'),
  ],
  [
    'SignUp',
    { ClientId, Username: 'a', Password: 'b', UserAttributes: [{ Name: 'x'.repeat(33), Value: '' }] },
    value('userAttributes.1.member.name', 'have length less than or equal to 32'),
  ],
  [
    'InitiateAuth',
    { ClientId, AuthFlow: 'NONE' },
    value('authFlow', 'satisfy enum value set: [').slice(0, -1),
  ],
  [
    'InitiateAuth',
    { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'a', PASSWORD: 7 } },
    value('authParameters.PASSWORD', 'be of type string'),
  ],
  [
    'InitiateAuth',
    { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'a' } },
    'Missing required parameter PASSWORD',
  ],
  ['InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH' }, 'Missing required parameter USERNAME'],
  ['InitiateAuth', { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH' }, 'Missing required parameter REFRESH_TOKEN'],
  [
    'ListUsers',
    { UserPoolId: 7, Limit: 61 },
    "2 validation errors detected: Value at 'userPoolId' failed to satisfy constraint: Member must be of type string; " +
      "Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60",
  ],
])('%s of %j', async (operation, input, message) => {
  const answer = await dispatch(cognito.engine.service, {
    target: `AWSCognitoIdentityProviderService.${operation}`,
    body: JSON.stringify(input),
  });
  const { __type, message: said } = JSON.parse(answer.body) as { __type: string; message: string };
  expect(__type).toBe('InvalidParameterException');
  expect(said.slice(0, message.length)).toBe(message);
});
