import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

import { AUDIENCE_HEADER, AWS_TOKEN_PREFIX } from '../../src/services/service-callers/presigned-request.js';

export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface PresignOptions {
  readonly key: SigningKey;
  readonly signingDate: Date;
  /** Where STS answers; the Region is that of its host. */
  readonly origin?: string;
  readonly audience?: string;
  /** Seconds. */
  readonly expiresIn?: number;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

export const STS_ORIGIN = 'https://sts.eu-west-1.amazonaws.com';
export const AUDIENCE = 'portcullis.test';

/** Presigns GetCallerIdentity with the AWS SDK's own signer. */
export async function presign({
  key,
  signingDate,
  origin = STS_ORIGIN,
  audience = AUDIENCE,
  expiresIn = 60,
  query = {},
  headers = {},
}: PresignOptions): Promise<string> {
  const { protocol, host, hostname } = new URL(origin);
  const signer = new SignatureV4({
    service: 'sts',
    region: /^sts\.(.+)\.amazonaws\.com$/.exec(hostname)?.[1] ?? 'us-east-1',
    sha256: Hash.bind(null, 'sha256'),
    credentials: key,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol,
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15', ...query },
      headers: { host, [AUDIENCE_HEADER]: audience, ...headers },
    },
    { signingDate, expiresIn },
  );
  const parameters = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${origin}/?${parameters.join('&')}`;
}

/** The bearer token that carries a presigned URL. */
export const awsToken = (url: string): string => AWS_TOKEN_PREFIX + Buffer.from(url).toString('base64url');
