import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it } from 'vitest';

import {
  comparedPoliciesDependency,
  dependenciesOf,
  keptPoliciesDependency,
  policyStoreDependency,
  type DependencyParts,
} from '../../../../src/services/readiness/dependencies.js';
import type { Freshness } from '../../../../src/services/policies/policy-keeper.js';
import {
  exception,
  recordingHandler,
  serverError,
  throttle,
  type Fault,
  type RecordingHandler,
} from '../../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../../support/verified-permissions-client.js';

/** Answers every call with nothing in particular. */
const aws = () =>
  recordingHandler({
    handle: async () => ({
      response: { statusCode: 200, headers: {}, body: new TextEncoder().encode('{}') },
    }),
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  });

const away = () => Promise.reject(new Error('Away.'));
const there = () => Promise.resolve();

let cognito: RecordingHandler;
let verifiedPermissions: RecordingHandler;
beforeEach(() => {
  cognito = aws();
  verifiedPermissions = aws();
});

const policies = (isFailing: boolean) =>
  policyStoreDependency(verifiedPermissionsClient(verifiedPermissions), 'PSstore', async () => isFailing);

async function isUp(name: string, { database = there, cache = there } = {}): Promise<boolean> {
  const client = { clientId: 'client' };
  const dependency = dependenciesOf({
    database: { ping: database },
    cache: { ping: cache },
    cognito: new CognitoIdentityProviderClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: cognito,
      maxAttempts: 1,
    }),
    pools: {
      ADMIN: { userType: 'ADMIN', poolId: 'eu-west-1_admin', ...client },
      END_USER: { userType: 'END_USER', poolId: 'eu-west-1_enduser', ...client },
    },
    policies: [policies(false)],
  }).find((candidate) => candidate.name === name);
  if (dependency === undefined) throw new Error(`There is no ${name}.`);
  return dependency.check(new AbortController().signal).then(
    () => true,
    () => false,
  );
}

it('the cache, and what is only compared, are something that requests can do without', () => {
  const kept = keptPoliciesDependency({ freshness: () => 'current' });
  const parts = { policies: [kept, comparedPoliciesDependency(kept)] } as unknown as DependencyParts;
  expect(dependenciesOf(parts).map(({ name, isEssential }) => [name, isEssential])).toEqual([
    ['database', true],
    ['cache', false],
    ['pools', true],
    ['policies', true],
    ['comparedPolicies', false],
  ]);
});

it.each(['database', 'cache'] as const)('the %s is as its ping says', async (name) => {
  expect(await isUp(name)).toBe(true);
  expect(await isUp(name, { [name]: away })).toBe(false);
});

describe('the pools', () => {
  const noSuchUser = exception('UserNotFoundException');

  it('are both asked for nobody, who is not found', async () => {
    cognito.disturb(() => noSuchUser);
    expect(await isUp('pools')).toBe(true);
    expect(cognito.calls.map(({ operation, input }) => [operation, input['UserPoolId']])).toEqual([
      ['AdminGetUser', 'eu-west-1_admin'],
      ['AdminGetUser', 'eu-west-1_enduser'],
    ]);
  });

  it.each<[boolean, string, Fault]>([
    [true, 'is throttled', exception('TooManyRequestsException')],
    [false, 'does not exist', exception('ResourceNotFoundException')],
    [false, 'may not be asked', exception('NotAuthorizedException')],
    [false, 'fails', serverError],
  ])('are up (%s) while one of them %s', async (state, _what, fault) => {
    cognito.disturb(({ input }) => (input['UserPoolId'] === 'eu-west-1_admin' ? noSuchUser : fault));
    expect(await isUp('pools')).toBe(state);
  });
});

describe('the policies', () => {
  it('are asked for their schema', async () => {
    expect(await isUp('policies')).toBe(true);
    expect(verifiedPermissions.calls).toMatchObject([
      { operation: 'GetSchema', input: { policyStoreId: 'PSstore' } },
    ]);
  });

  it.each<[boolean, string, Fault]>([
    [true, 'has no schema', exception('ResourceNotFoundException', { resourceType: 'SCHEMA' })],
    [true, 'is throttled', throttle],
    [false, 'does not exist', exception('ResourceNotFoundException', { resourceType: 'POLICY_STORE' })],
    [false, 'may not be asked', exception('AccessDeniedException')],
    [false, 'fails', serverError],
  ])('are up (%s) while the store %s', async (state, _what, fault) => {
    verifiedPermissions.disturb(() => fault);
    expect(await isUp('policies')).toBe(state);
  });

  it('are failing while decisions fail, and down where the store is away as well', async () => {
    const check = (isFailing: boolean) => policies(isFailing).check(new AbortController().signal);
    expect(await check(true)).toBe('failing');
    expect(await check(false)).toBe('up');
    verifiedPermissions.disturb(() => serverError);
    await expect(check(true)).rejects.toThrow();
  });
});

describe('policies that decide in this process', () => {
  const check = (freshness: Freshness) =>
    keptPoliciesDependency({ freshness: () => freshness }).check(new AbortController().signal);

  it('are down only where there are none', async () => {
    await expect(check('none')).rejects.toThrow();
    expect(await check('current')).not.toBe('stale');
    expect(await check('stale')).toBe('stale');
  });
});
