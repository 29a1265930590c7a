import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { IsAuthorizedCommand, VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  AwsServiceError,
  dispatch,
  inProcessRequestHandler,
  type Operations,
  type ServiceDescription,
} from '../../../src/embedded/aws-json.js';
import { systemRandomness } from '../../../src/services/randomness.js';

const faults: unknown[] = [];

const describeService = (
  operations: Operations,
  overrides: Partial<ServiceDescription> = {},
): ServiceDescription => ({
  targetPrefix: 'AWSCognitoIdentityProviderService',
  contentType: 'application/x-amz-json-1.1',
  dates: 'epoch-seconds',
  internalError: 'InternalErrorException',
  operations,
  logger: { error: (...logged: unknown[]) => void faults.push(logged) },
  randomness: systemRandomness,
  ...overrides,
});

const target = (operation: string) => `AWSCognitoIdentityProviderService.${operation}`;
const call = (operations: Operations, operation: string, body: string | Uint8Array = '{}') =>
  dispatch(describeService(operations), { target: target(operation), body });
const throwing = (error: unknown): Operations => ({
  Fail: async () => {
    throw error;
  },
});

describe('dispatch', () => {
  it('gives the operation its input and answers with its output', async () => {
    const answer = await call({ Echo: async (input) => input }, 'Echo', '{"Name":"é"}');
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: '{"Name":"é"}',
    });
    expect(answer.headers['x-amzn-RequestId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes bytes, and an empty body for no input', async () => {
    const operations: Operations = { Echo: async (input) => input };
    expect((await call(operations, 'Echo', new TextEncoder().encode('{"a":1}'))).body).toBe('{"a":1}');
    expect((await call(operations, 'Echo', '')).body).toBe('{}');
  });

  it.each([
    ['epoch-seconds', '{"At":1700000000.5}'],
    ['iso-8601', '{"At":"2023-11-14T22:13:20.500Z"}'],
  ] as const)('writes dates as %s', async (dates, body) => {
    const service = describeService({ Now: async () => ({ At: new Date(1_700_000_000_500) }) }, { dates });
    expect((await dispatch(service, { target: target('Now'), body: '{}' })).body).toBe(body);
  });

  it.each(['Missing', 'constructor', '__proto__', 'toString', ''])(
    'knows no operation "%s"',
    async (name) => {
      const answer = await call({}, name);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['x-amzn-ErrorType']).toBe('UnknownOperationException');
    },
  );

  it.each([undefined, 'VerifiedPermissions.Echo', 'Echo'])('knows no target %s', async (wrong) => {
    const service = describeService({ Echo: async (input) => input });
    expect((await dispatch(service, { target: wrong, body: '{}' })).statusCode).toBe(400);
  });

  it('answers whatever body with a 200 or a SerializationException', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), async (body) => {
        const { statusCode, headers } = await call({ Echo: async () => ({}) }, 'Echo', body);
        expect(statusCode === 200 || headers['x-amzn-ErrorType'] === 'SerializationException').toBe(true);
      }),
    );
  });

  it('answers a modelled exception with its name, message and fields', async () => {
    const error = new AwsServiceError('ConflictException', 'Taken.', { resources: ['a'] });
    const { statusCode, headers, body } = await call(throwing(error), 'Fail');
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toEqual({ __type: 'ConflictException', message: 'Taken.', resources: ['a'] });
    expect(headers).toMatchObject({
      'x-amzn-ErrorType': 'ConflictException',
      'x-amzn-ErrorMessage': 'Taken.',
    });
  });

  it('lets no message end a header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (message) => {
        const { headers } = await call(throwing(new AwsServiceError('Fault', message)), 'Fail');
        expect(headers['x-amzn-ErrorMessage']).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('hides an unexpected fault from the caller, and its parameters from the log', async () => {
    const failed = new Error('Failed query: insert … params: s3cret', {
      cause: new Error('connection lost'),
    });
    const { statusCode, body } = await call(throwing(failed), 'Fail');
    expect(statusCode).toBe(500);
    expect(JSON.parse(body)).toEqual({ __type: 'InternalErrorException', message: 'Internal error.' });
    expect(JSON.stringify(faults)).toContain('connection lost');
    expect(JSON.stringify(faults)).not.toContain('s3cret');
  });
});

describe('inProcessRequestHandler', () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

  it('answers the Cognito client, dates and typed exceptions included', async () => {
    const service = describeService({
      DescribeUserPool: async ({ UserPoolId }: { UserPoolId: string }) => {
        if (UserPoolId !== 'eu-west-1_a') throw new AwsServiceError('ResourceNotFoundException', 'Gone.');
        return { UserPool: { CreationDate: new Date(1_700_000_000_000) } };
      },
    });
    const client = new CognitoIdentityProviderClient({
      region: 'eu-west-1',
      credentials,
      requestHandler: inProcessRequestHandler(service),
    });
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: 'eu-west-1_a' }));
    expect(UserPool?.CreationDate).toEqual(new Date(1_700_000_000_000));
    await expect(
      client.send(new DescribeUserPoolCommand({ UserPoolId: 'eu-west-1_b' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Gone.',
    });
  });

  it('answers the Verified Permissions client', async () => {
    const service = describeService(
      { IsAuthorized: async () => ({ decision: 'ALLOW', determiningPolicies: [], errors: [] }) },
      { targetPrefix: 'VerifiedPermissions', contentType: 'application/x-amz-json-1.0', dates: 'iso-8601' },
    );
    const client = new VerifiedPermissionsClient({
      region: 'eu-west-1',
      credentials,
      requestHandler: inProcessRequestHandler(service),
    });
    await expect(client.send(new IsAuthorizedCommand({ policyStoreId: 'PS' }))).resolves.toMatchObject({
      decision: 'ALLOW',
    });
  });

  it('lets go of a call that is aborted, before or while it runs', async () => {
    let begun = 0;
    const client = new CognitoIdentityProviderClient({
      region: 'eu-west-1',
      credentials,
      requestHandler: inProcessRequestHandler(
        describeService({
          DescribeUserPool: () => {
            begun += 1;
            controller.abort();
            return new Promise<never>(() => {});
          },
        }),
      ),
    });
    const command = new DescribeUserPoolCommand({ UserPoolId: 'eu-west-1_a' });
    const controller = new AbortController();
    await expect(client.send(command, { abortSignal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(client.send(command, { abortSignal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(begun).toBe(1);
  });
});
