import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createAwsCallers, type AwsCallers } from '../../../../src/services/service-callers/aws-callers.js';
import type { Sts, StsAnswer } from '../../../../src/services/service-callers/sts.js';
import { openRecordingSts, type RecordingSts } from '../../../support/embedded-sts.js';
import {
  awsToken,
  presign,
  STS_ORIGIN,
  type PresignOptions,
  type SigningKey,
} from '../../../support/presigned.js';

const roles = new Map([
  ['arn:aws:iam::123456789012:role/orders', 'orders'],
  ['arn:aws:iam::123456789012:user/ops/ada', 'operations'],
]);

let recording: RecordingSts;
let role: SigningKey;
let user: SigningKey;
let stranger: SigningKey;
beforeAll(async () => {
  recording = await openRecordingSts();
  role = await recording.keyOf('arn:aws:sts::123456789012:assumed-role/orders/i-0abc');
  user = await recording.keyOf('arn:aws:iam::123456789012:user/ops/ada');
  stranger = await recording.keyOf('arn:aws:sts::999999999999:assumed-role/orders/i-0abc');
});
afterAll(() => recording.close());

const callersOf = (sts: Sts) =>
  createAwsCallers({
    sts,
    origins: [STS_ORIGIN, 'https://sts.amazonaws.com'],
    roles,
    clock: recording.clock,
    logger: pino({ level: 'silent' }),
  });
let callers: AwsCallers;
beforeEach(() => {
  recording.clock.advance(60 * 60_000);
  recording.sent.length = 0;
  callers = callersOf(recording.sts);
});

const sign = (options: Partial<PresignOptions> = {}) =>
  presign({ key: role, signingDate: recording.clock.now(), ...options });
const token = async (options: Partial<PresignOptions> = {}) => awsToken(await sign(options));

describe('an IAM principal that is named', () => {
  it('is its service, whatever the session is called, until the request expires', async () => {
    const at = new Date(Math.floor(recording.clock.now().getTime() / 1000) * 1000 + 60_000);
    expect(await callers.callerOf(await token())).toEqual({
      id: 'orders',
      scopes: ['portcullis/decide'],
      expiresAt: at,
    });
    expect(await callers.callerOf(await token({ key: user }))).toMatchObject({ id: 'operations' });
    expect(await callers.callerOf(await token({ origin: 'https://sts.amazonaws.com' }))).toMatchObject({
      id: 'orders',
    });
  });

  it('is asked about once while the request lives, and not at all afterwards', async () => {
    const one = await token({ expiresIn: 900 });
    for (let times = 0; times < 3; times += 1) {
      expect(await callers.callerOf(one)).toMatchObject({ id: 'orders' });
      recording.clock.advance(299_000);
    }
    expect(recording.sent).toHaveLength(1);
    recording.clock.advance(3_000);
    expect(await callers.callerOf(one)).toBeUndefined();
    expect(recording.sent).toHaveLength(1);
  });

  it('is asked about once by many requests at once', async () => {
    const one = await token();
    const found = await Promise.all(Array.from({ length: 50 }, () => callers.callerOf(one)));
    expect(found.every((caller) => caller?.id === 'orders')).toBe(true);
    expect(recording.sent).toHaveLength(1);
  });

  it('whose request expired while STS thought about it is nobody', async () => {
    const slow = callersOf(async (url) => {
      const answer = await recording.sts(url);
      recording.clock.advance(60_000);
      return answer;
    });
    expect(await slow.callerOf(await token({ expiresIn: 60 }))).toBeUndefined();
  });
});

describe('refused, with one question to STS in half a minute, is', () => {
  it.each<[string, () => Partial<PresignOptions>]>([
    ['a principal that nobody named, of a role by the same name', () => ({ key: stranger })],
    ['a request for another service', () => ({ audience: 'elsewhere.test' })],
    ['a request signed with a wrong secret', () => ({ key: { ...role, secretAccessKey: 'guess' } })],
    ['a request of an unknown key', () => ({ key: { ...role, accessKeyId: 'ASIAUNKNOWN123456789' } })],
  ])('%s', async (_what, options) => {
    const bad = await token({ ...options(), expiresIn: 900 });
    for (let times = 0; times < 3; times += 1) expect(await callers.callerOf(bad)).toBeUndefined();
    expect(recording.sent).toHaveLength(1);
    recording.clock.advance(30_000);
    expect(await callers.callerOf(bad)).toBeUndefined();
    expect(recording.sent).toHaveLength(2);
  });
});

describe('STS is never asked about', () => {
  it.each<[string, () => Promise<string>]>([
    ['a request to elsewhere', async () => (await sign()).replace('.amazonaws.com', '.evil.test')],
    [
      'a request that has expired',
      () => sign({ signingDate: new Date(recording.clock.now().getTime() - 61_000) }),
    ],
    [
      'a request from the future',
      () => sign({ signingDate: new Date(recording.clock.now().getTime() + 60_000) }),
    ],
    ['a request that lives too long', () => sign({ expiresIn: 3_600 })],
    ['a request with other headers', () => sign({ headers: { 'x-other': 'x' } })],
    ['a request with other parameters', () => sign({ query: { Tag: 'x' } })],
    ['a request to do something else', () => sign({ query: { Action: 'GetSessionToken' } })],
  ])('%s', async (_what, make) => {
    expect(await callers.callerOf(awsToken(await make()))).toBeUndefined();
    expect(recording.sent).toEqual([]);
  });
});

it('whatever is changed in a good request, it is refused, here or by STS', async () => {
  const good = await sign();
  const characters = 'abcXYZ019%&=?/:;.-_~+#@ é\n';
  await fc.assert(
    fc.asyncProperty(
      fc.nat(good.length - 1),
      fc.integer({ min: 0, max: 3 }),
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 3 }),
      async (at, cut, put) => {
        const changed = good.slice(0, at) + put + good.slice(at + cut);
        fc.pre(changed !== good);
        expect(await callers.callerOf(awsToken(changed))).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
  for (const url of recording.sent) expect(url.startsWith(`${STS_ORIGIN}/?`)).toBe(true);
  expect(await callers.callerOf(awsToken(good))).toMatchObject({ id: 'orders' });
});

describe('what STS cannot say is UPSTREAM_UNAVAILABLE, and asked again the next time:', () => {
  const proof = (result: object) =>
    JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: result } });
  const whole = { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:role/orders', UserId: 'A' };
  it.each<[string, () => Promise<StsAnswer>]>([
    ['nothing', () => Promise.reject(new Error('No route to host.'))],
    ['that it is busy', async () => ({ status: 400, body: '{"Error":{"Code":"Throttling"}}' })],
    ['that it is broken', async () => ({ status: 503, body: 'Service Unavailable' })],
    ['that it moved', async () => ({ status: 302, body: '' })],
    [
      'a refusal that is not its own',
      async () => ({ status: 403, body: '<html>Blocked by the proxy.</html>' }),
    ],
    ['a page', async () => ({ status: 200, body: '<html>Sign in</html>' })],
    ['half of an answer', async () => ({ status: 200, body: proof(whole).slice(0, -5) })],
    [
      'an answer without an account',
      async () => ({ status: 200, body: proof({ ...whole, Account: undefined }) }),
    ],
    [
      'an answer to something else',
      async () => ({ status: 200, body: proof({}).replaceAll('Identity', 'Else') }),
    ],
  ])('%s', async (_what, answer) => {
    let asked = 0;
    const unsure = callersOf((url) => {
      asked += 1;
      return asked === 1 ? answer() : recording.sts(url);
    });
    const one = await token();
    await expect(unsure.callerOf(one)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
    });
    expect(await unsure.callerOf(one)).toMatchObject({ id: 'orders' });
  });

  it('but an ARN of another account than the answer names is refused', async () => {
    const forged = callersOf(async () => ({
      status: 200,
      body: proof({ ...whole, Account: '999999999999' }),
    }));
    expect(await forged.callerOf(await token())).toBeUndefined();
  });
});

it('made-up credentials do not become a flood of requests to STS', async () => {
  let answer = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (answer = resolve));
  let asked = 0;
  const slow = callersOf(async (url) => {
    asked += 1;
    await waiting;
    return recording.sts(url);
  });
  const tokens = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      token({ key: { ...role, accessKeyId: `ASIAMADEUP${String(index).padStart(10, '0')}` } }),
    ),
  );
  const outcomes = tokens.map((one) =>
    slow.callerOf(one).then(
      () => 'refused',
      ({ code }: { code: string }) => code,
    ),
  );
  await expect.poll(() => asked).toBe(64);
  answer();
  const counts = (await Promise.all(outcomes)).reduce<Record<string, number>>(
    (sum, code) => ({ ...sum, [code]: (sum[code] ?? 0) + 1 }),
    {},
  );
  expect(counts).toEqual({ refused: 64, UPSTREAM_THROTTLED: 36 });
});
