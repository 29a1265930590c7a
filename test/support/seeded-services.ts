import { readFile } from 'node:fs/promises';

import type { SigningKey } from './presigned.js';
import type { RunningApp } from './running-app.js';

export interface ServiceCredentials {
  readonly clientId: string;
  readonly secret: string;
  readonly key: SigningKey;
}

/** What a service of SEED_SERVICES proves itself by. */
export async function credentialsOf({ app }: RunningApp, name: string): Promise<ServiceCredentials> {
  const path = app.embedded?.seededServices.credentialsPath ?? '';
  const line = (await readFile(path, 'utf8')).split('\n').find((text) => text.startsWith(`${name} `));
  const [, clientId = '', secret = '', accessKeyId = '', secretAccessKey = ''] = line?.split(' ') ?? [];
  return { clientId, secret, key: { accessKeyId, secretAccessKey } };
}

export const requestToken = (
  { url }: RunningApp,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form), headers });

export const basic = ({ clientId, secret }: Pick<ServiceCredentials, 'clientId' | 'secret'>) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
});

/** A token by the client's id and secret. */
export async function clientToken(app: RunningApp, name: string): Promise<string> {
  const response = await requestToken(
    app,
    { grant_type: 'client_credentials' },
    basic(await credentialsOf(app, name)),
  );
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
