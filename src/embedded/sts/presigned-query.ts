import { createHash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

import type { AccessKey } from './access-key-store.js';

/** A request whose query carries its signature. */
export interface SignedRequest {
  readonly method: string;
  /** The parameters, decoded; a list where one is there several times. */
  readonly query: Readonly<Record<string, string | string[]>>;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const SHA256 = Hash.bind(null, 'sha256');
const SCOPE = /^(\w+)\/(\d{8})\/([a-z\d-]+)\/sts\/aws4_request$/;

/** The id of the access key that a request says it was signed with. */
export const accessKeyIdOf = ({ query }: SignedRequest): string | undefined =>
  SCOPE.exec(text(query['X-Amz-Credential']))?.[1];

/** When the signature ends; undefined where the request does not say, or says nothing that is a time. */
export function expiryOf({ query }: SignedRequest): Date | undefined {
  const signedAt = signingDateOf(text(query['X-Amz-Date']));
  const seconds = Number(text(query['X-Amz-Expires']));
  if (signedAt === undefined || !Number.isInteger(seconds) || seconds < 1) return undefined;
  return new Date(signedAt.getTime() + seconds * 1000);
}

/**
 * Was this request signed with the secret of the key? It is signed again, by the code that the SDK signs with, and both
 * compared.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function isSignedBy(request: SignedRequest, key: AccessKey): Promise<boolean> {
  const { 'X-Amz-Signature': signature, ...query } = request.query;
  const [, , , region = ''] = SCOPE.exec(text(query['X-Amz-Credential'])) ?? [];
  const signingDate = signingDateOf(text(query['X-Amz-Date']));
  const names = text(query['X-Amz-SignedHeaders']).split(';');
  if (signingDate === undefined || !names.includes('host')) return false;
  const sessionToken = query['X-Amz-Security-Token'];
  if (!isSame(text(sessionToken), key.sessionToken ?? '')) return false;

  const signer = new SignatureV4({
    service: 'sts',
    region,
    sha256: SHA256,
    credentials: {
      accessKeyId: key.id,
      secretAccessKey: key.secret,
      ...(key.sessionToken !== null && { sessionToken: key.sessionToken }),
    },
  });
  const signed = new Set(names);
  const again = await signer.presign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.headers.host ?? '',
      path: '/',
      query: { ...query },
      headers: Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ''])),
    },
    {
      signingDate,
      expiresIn: Number(text(query['X-Amz-Expires'])),
      signableHeaders: signed,
      unhoistableHeaders: signed,
    },
  );
  const { 'X-Amz-Signature': expected, ...signedQuery } = again.query ?? {};
  return isDeepStrictEqual(signedQuery, query) && isSame(text(signature), text(expected));
}

const text = (value: string | string[] | null | undefined): string =>
  typeof value === 'string' ? value : '';

const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/** `20250102T030405Z` */
function signingDateOf(written: string): Date | undefined {
  const iso = written.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const date = new Date(iso);
  return iso === written || Number.isNaN(date.getTime()) ? undefined : date;
}
