import aws4 from 'aws4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createStsEngine, type StsEngine } from '../../../../src/embedded/sts/index.js';
import type { Database } from '../../../../src/services/database/database.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { AUDIENCE, presign, STS_ORIGIN, type PresignOptions } from '../../../support/presigned.js';

const USER = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY' };
const ROLE = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEBYaDOEXAMPLE//+=='.repeat(20),
};
const USER_ARN = 'arn:aws:iam::123456789012:user/ops/ada';
const ROLE_ARN = 'arn:aws:sts::123456789012:assumed-role/orders/i-0abc';

let database: Database;
let clock: FakeClock;
let sts: StsEngine;
beforeAll(async () => {
  database = await openTestDatabase();
  clock = new FakeClock();
  sts = createStsEngine({ db: database.db, clock, randomness: systemRandomness });
  const createdAt = clock.now();
  await sts.accessKeys.create({
    id: USER.accessKeyId,
    secret: USER.secretAccessKey,
    sessionToken: null,
    arn: USER_ARN,
    createdAt,
  });
  await sts.accessKeys.create({
    id: ROLE.accessKeyId,
    secret: ROLE.secretAccessKey,
    sessionToken: ROLE.sessionToken,
    arn: ROLE_ARN,
    createdAt,
  });
});
afterAll(() => database.close());
beforeEach(() => clock.advance(1_000));

const HOST = new URL(STS_ORIGIN).host;
const send = async (
  url: string,
  { method = 'GET', audience = AUDIENCE, host = HOST, accept = 'application/json' } = {},
) => {
  const query = url.slice(url.indexOf('?') + 1);
  const headers = { host, accept, 'x-portcullis-audience': audience };
  const { statusCode, body } = await sts.answer({ method, query, headers });
  return { statusCode, body };
};
const sign = (options: Partial<PresignOptions> = {}) =>
  presign({ key: USER, signingDate: clock.now(), ...options });
const codeOf = ({ body }: { body: string }) =>
  (JSON.parse(body) as { Error?: { Code: string } }).Error?.Code ?? 'none';

describe('a request that the SDK presigned', () => {
  it('is answered with whose key signed it', async () => {
    const { statusCode, body } = await send(await sign());
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: { Account: '123456789012', Arn: USER_ARN, UserId: USER.accessKeyId },
        ResponseMetadata: { RequestId: expect.any(String) as string },
      },
    });
  });

  it('may be signed with temporary credentials', async () => {
    expect((await send(await sign({ key: ROLE }))).body).toContain(ROLE_ARN);
  });

  it('is answered in XML where nobody asks for JSON', async () => {
    const { body } = await send(await sign(), { accept: '*/*' });
    expect(body).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/,
    );
    expect(body).toContain(`<Arn>${USER_ARN}</Arn>`);
  });
});

it('a request that another implementation of Signature Version 4 presigned is good too', async () => {
  const date = clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '');
  for (const { sessionToken, ...key } of [{ ...USER, sessionToken: undefined }, ROLE]) {
    const { path = '' } = aws4.sign(
      {
        service: 'sts',
        region: 'eu-west-1',
        method: 'GET',
        host: HOST,
        path: `/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Date=${date}&X-Amz-Expires=60`,
        headers: { 'x-portcullis-audience': AUDIENCE },
        signQuery: true,
      },
      { ...key, ...(sessionToken !== undefined && { sessionToken }) },
    );
    expect((await send(`${STS_ORIGIN}${path}`)).statusCode).toBe(200);
  }
});

describe('refused is a request', () => {
  it.each<[string, () => Promise<{ statusCode: number; body: string }>, string]>([
    [
      'of an unknown key',
      async () => send(await sign({ key: { ...USER, accessKeyId: 'AKIAUNKNOWNUNKNOWN00' } })),
      'InvalidClientTokenId',
    ],
    [
      'of another secret',
      async () => send(await sign({ key: { ...USER, secretAccessKey: 'x' } })),
      'SignatureDoesNotMatch',
    ],
    [
      'of another session token',
      async () => send(await sign({ key: { ...ROLE, sessionToken: 'x' } })),
      'SignatureDoesNotMatch',
    ],
    [
      'without its session token',
      async () => send(await sign({ key: { ...ROLE, sessionToken: '' } })),
      'SignatureDoesNotMatch',
    ],
    [
      'with a session token that it needs not',
      async () => send(await sign({ key: { ...USER, sessionToken: 'x' } })),
      'SignatureDoesNotMatch',
    ],
    [
      'for another audience',
      async () => send(await sign(), { audience: 'elsewhere.test' }),
      'SignatureDoesNotMatch',
    ],
    [
      'for another host',
      async () => send(await sign(), { host: 'sts.us-east-1.amazonaws.com' }),
      'SignatureDoesNotMatch',
    ],
    ['by another method', async () => send(await sign(), { method: 'POST' }), 'SignatureDoesNotMatch'],
    ['with a parameter more', async () => send(`${await sign()}&Tag=1`), 'SignatureDoesNotMatch'],
    [
      'with a parameter twice',
      async () => send(`${await sign()}&X-Amz-Expires=900`),
      'SignatureDoesNotMatch',
    ],
    [
      'for something else',
      async () => send((await sign()).replace('GetCallerIdentity', 'GetSessionToken')),
      'InvalidAction',
    ],
    [
      'that is not signed',
      async () => send(`${STS_ORIGIN}/?Action=GetCallerIdentity&Version=2011-06-15`),
      'MissingAuthenticationToken',
    ],
    [
      'from the future',
      async () =>
        send(await sign({ signingDate: new Date(clock.now().getTime() + 6 * 60_000), expiresIn: 900 })),
      'SignatureDoesNotMatch',
    ],
    ['that lives for hours', async () => send(await sign({ expiresIn: 7_200 })), 'SignatureDoesNotMatch'],
  ])('%s', async (_what, attempt, code) => {
    const answer = await attempt();
    expect([codeOf(answer), answer.statusCode < 500]).toEqual([code, true]);
  });

  it('that has expired', async () => {
    const url = await sign({ expiresIn: 60 });
    clock.advance(59_000);
    expect((await send(url)).statusCode).toBe(200);
    clock.advance(1_000);
    expect(codeOf(await send(url))).toBe('SignatureDoesNotMatch');
  });
});
