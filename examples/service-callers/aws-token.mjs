// Prints a credential by which an IAM principal calls Portcullis: node aws-token.mjs AUDIENCE REGION
import { createHash, createHmac } from 'node:crypto';

import { SignatureV4 } from '@smithy/signature-v4';

/** The hash that the signer asks for, by Node's own. */
class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return this.hash.digest();
  }
}

/**
 * @param credentials of the caller: an object, or a provider such as fromNodeProviderChain() of @aws-sdk/credential-providers
 * @param audience the service's SERVICE_AUDIENCE
 * @param region the service's AWS_REGION
 */
export async function awsToken({ credentials, audience, region, expiresIn = 900 }) {
  const hostname = `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const { query } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-portcullis-audience': audience },
    },
    { expiresIn },
  );
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const url = `https://${hostname}/?${parameters.join('&')}`;
  return `portcullis-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

if (process.argv[1] === import.meta.filename) {
  const [audience = 'portcullis', region = 'us-east-1'] = process.argv.slice(2);
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  console.log(await awsToken({ credentials, audience, region }));
}
