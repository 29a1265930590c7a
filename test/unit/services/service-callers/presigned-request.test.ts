import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  readPresignedRequest,
  type PresignedRequest,
} from '../../../../src/services/service-callers/presigned-request.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { awsToken, presign, STS_ORIGIN, type PresignOptions } from '../../../support/presigned.js';

const clock = new FakeClock(new Date('2025-03-04T05:06:07Z'));
const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
const ORIGINS = [STS_ORIGIN, 'https://sts.amazonaws.com'];

const sign = (options: Partial<PresignOptions> = {}) =>
  presign({ key: KEY, signingDate: clock.now(), ...options });
const readToken = (token: string, now = clock.now()): PresignedRequest | undefined =>
  readPresignedRequest(token, { origins: ORIGINS, now });
const read = (url: string, now = clock.now()) => readToken(awsToken(url), now);
const seconds = (count: number) => new Date(clock.now().getTime() + count * 1000);

let good: string;
beforeAll(async () => {
  good = await sign();
});

describe('what the SDK makes', () => {
  it('is taken as it is, and ends when it says', () => {
    expect(read(good)).toEqual({ url: good, expiresAt: seconds(60) });
  });

  it('may be of any STS that is named, with temporary credentials, and for 15 minutes', async () => {
    const url = await sign({
      origin: 'https://sts.amazonaws.com',
      key: { ...KEY, sessionToken: 'Fwo//8wEa+=='.repeat(100) },
      expiresIn: 900,
    });
    expect(read(url)).toEqual({ url, expiresAt: seconds(900) });
  });
});

describe('time', () => {
  it('is up at the end of the lifetime, to the second', () => {
    expect(read(good, seconds(59))).toBeDefined();
    expect(read(good, seconds(60))).toBeUndefined();
  });

  it('may be half a minute ahead at the signer’s, not more', async () => {
    expect(read(await sign({ signingDate: seconds(30) }))).toBeDefined();
    expect(read(await sign({ signingDate: seconds(31) }))).toBeUndefined();
  });

  it.each([901, 3_600, 604_800])('%i seconds are too long a lifetime', async (expiresIn) => {
    expect(read(await sign({ expiresIn }))).toBeUndefined();
  });

  it.each(['20250230T050607Z', '20250304T250607Z', '2025-03-04T05:06:07Z', '20250304T050607', '20250304'])(
    '%s is no date',
    (date) => {
      expect(read(good.replace(/X-Amz-Date=\w+/, `X-Amz-Date=${encodeURIComponent(date)}`))).toBeUndefined();
    },
  );
});

describe('nothing is sent anywhere but to STS: not', () => {
  it.each([
    'http://sts.eu-west-1.amazonaws.com',
    'https://sts.eu-west-1.amazonaws.com:444',
    'https://sts.eu-west-1.amazonaws.com:443',
    'https://sts.eu-west-1.amazonaws.com.evil.test',
    'https://sts.eu-west-1.amazonaws.com@evil.test',
    'https://user:secret@sts.eu-west-1.amazonaws.com',
    'https://sts.eu-west-1.amazonaws.com\\@evil.test',
    'https://evil.test#https://sts.eu-west-1.amazonaws.com',
    'https://evil.test/https://sts.eu-west-1.amazonaws.com',
    'https://evil.test/?https://sts.eu-west-1.amazonaws.com',
    'https://sts.us-west-2.amazonaws.com',
    'https://sts.s3-us-west-2.amazonaws.com',
    'https://s3.amazonaws.com',
    'https://STS.eu-west-1.amazonaws.com',
    'HTTPS://sts.eu-west-1.amazonaws.com',
    'https://sts.eu-west-1.amazonaws.com.',
    'https://169.254.169.254',
    'https://localhost',
    'file://sts.eu-west-1.amazonaws.com',
    '//sts.eu-west-1.amazonaws.com',
    ' https://sts.eu-west-1.amazonaws.com',
    'https://ѕts.eu-west-1.amazonaws.com',
    '',
  ])('%j', (origin) => {
    expect(read(good.replace(STS_ORIGIN, origin))).toBeUndefined();
  });

  it.each(['', '/x', '//', '/..', '/?x=1', '/%2e', '\\', '/#', '/;a'])('below the path %j', (path) => {
    expect(read(good.replace('.com/?', `.com${path}?`))).toBeUndefined();
  });
});

describe('a parameter', () => {
  const names = [
    'Action',
    'Version',
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
  ];

  it.each(names)('%s is there once', (name) => {
    const [pair = ''] = new RegExp(`${name}=[^&]*`).exec(good) ?? [];
    expect(pair).not.toBe('');
    expect(read(`${good}&${pair}`)).toBeUndefined();
    expect(
      read(good.replace(pair, '').replace('?&', '?').replace('&&', '&').replace(/&$/, '')),
    ).toBeUndefined();
    expect(read(good.replace(pair, `${pair.toLowerCase()}`))).toBeUndefined();
    expect(read(good.replace(pair, `${name}=`))).toBeUndefined();
    expect(read(good.replace(pair, name))).toBeUndefined();
  });

  it.each([
    ['that nobody asked for', '&Tag=1'],
    ['without a name', '&=1'],
    ['without anything', '&'],
    ['of every object', '&__proto__=1'],
    ['of another action', '&RoleArn=arn'],
    ['behind a fragment', '#x'],
    ['behind a line', '\r\nHost: evil.test'],
  ])('%s is too much', (_what, more) => {
    expect(read(good + more)).toBeUndefined();
  });

  it.each([
    ['another action', 'GetCallerIdentity', 'AssumeRole'],
    ['another version', '2011-06-15', '2012-06-15'],
    ['another algorithm', 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'],
    ['another service', '%2Fsts%2F', '%2Fs3%2F'],
    ['another day than it was signed on', 'EXAMPLE%2F20250304', 'EXAMPLE%2F20250303'],
    ['no audience', 'host%3Bx-portcullis-audience', 'host'],
    ['no host', 'host%3Bx-portcullis-audience', 'x-portcullis-audience'],
    ['other headers', 'host%3Bx-portcullis-audience', 'host%3Bx-other%3Bx-portcullis-audience'],
    ['a lower-case escape', '%2Fsts', '%2fsts'],
    ['an unneeded escape', 'GetCallerIdentity', '%47etCallerIdentity'],
    ['an escape of nothing', 'GetCallerIdentity', 'GetCallerIdentity%'],
    ['a plus for a blank', 'GetCallerIdentity', 'GetCaller+Identity'],
  ])('with %s is refused', (_what, from, to) => {
    expect(good).toContain(from);
    expect(read(good.replace(from, to))).toBeUndefined();
  });
});

describe('a token', () => {
  it('is written in one way only', () => {
    const token = awsToken(good);
    for (const other of [
      token.slice('portcullis-aws-v1.'.length),
      token.replace('v1', 'v2'),
      token.toUpperCase(),
      `${token}=`,
      `${token}A`,
      `${token.slice(0, 40)}\n${token.slice(40)}`,
      `portcullis-aws-v1.${good}`,
      'portcullis-aws-v1.',
    ]) {
      expect(readToken(other)).toBeUndefined();
    }
    expect(readToken(token)).toBeDefined();
  });

  it('without end is not even decoded', () => {
    expect(readToken(awsToken(good + 'x'.repeat(10_000)))).toBeUndefined();
  });

  it('of any text is no request, and no crash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(good.length), fc.nat(20), (text, at, cut) => {
        expect(read(text)).toBeUndefined();
        const spliced = good.slice(0, at) + text + good.slice(at + cut);
        const request = read(spliced);
        // What is taken nevertheless differs in what STS alone can judge, and goes to the same place.
        if (request) expect(new URL(request.url).origin).toBe(STS_ORIGIN);
      }),
    );
  });
});
