import type { ClientToken, GrantClientCredentials, GrantRefusal } from './client-credentials.js';

/** A request to `/oauth2/token`, as it came. */
export interface TokenRequest {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface TokenResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

export type TokenEndpoint = (request: TokenRequest) => Promise<TokenResponse>;

type TokenError = GrantRefusal | 'invalid_request' | 'unsupported_grant_type';

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/** Neither answers nor refusals are for anybody else (RFC 6749, section 5.1). */
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' };

/**
 * The token endpoint of OAuth 2.0, as far as clients get tokens for themselves. They authenticate by HTTP Basic or in the
 * body, and not in both ways at once (RFC 6749, sections 2.3.1, 4.4 and 5.2).
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function createTokenEndpoint(grant: GrantClientCredentials): TokenEndpoint {
  return async ({ contentType = '', authorization, body }) => {
    const parameters = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)
      ? readForm(body)
      : undefined;
    if (parameters === undefined) return refuse('invalid_request');
    const credentials = readCredentials(authorization, parameters);
    if (typeof credentials === 'string') return refuse(credentials, authorization);
    if (parameters.grant_type === undefined) return refuse('invalid_request');
    if (parameters.grant_type !== 'client_credentials') return refuse('unsupported_grant_type');
    const scopes = parameters.scope?.split(' ').filter((scope) => scope !== '');
    const outcome = await grant(credentials, scopes);
    return typeof outcome === 'string' ? refuse(outcome, authorization) : accept(outcome);
  };
}

/** The parameters of a form; a value that is empty counts as left out, and one that is there twice makes it malformed. */
function readForm(body: string): Readonly<Partial<Record<string, string>>> | undefined {
  const given = [...new URLSearchParams(body)].filter(([, value]) => value !== '');
  const parameters = new Map(given);
  return parameters.size === given.length ? Object.fromEntries(parameters) : undefined;
}

function readCredentials(
  authorization: string | undefined,
  { client_id: clientId, client_secret: secret }: Readonly<Partial<Record<string, string>>>,
): Credentials | TokenError {
  if (authorization === undefined) {
    return clientId === undefined || secret === undefined ? 'invalid_client' : { clientId, secret };
  }
  const basic = readBasic(authorization);
  if (basic === undefined) return 'invalid_client';
  const isOnce = secret === undefined && (clientId === undefined || clientId === basic.clientId);
  return isOnce ? basic : 'invalid_request';
}

/** Both parts are encoded like a form's, so that either may hold a colon. */
function readBasic(authorization: string): Credentials | undefined {
  const encoded = /^basic +([\w+/-]+=*)$/i.exec(authorization)?.[1] ?? '';
  const [, clientId, secret] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  if (clientId === undefined || secret === undefined) return undefined;
  return { clientId: formDecoded(clientId), secret: formDecoded(secret) };
}

const formDecoded = (text: string): string => new URLSearchParams(`x=${text}`).get('x') ?? '';

const accept = ({ accessToken, expiresIn }: ClientToken): TokenResponse => ({
  statusCode: 200,
  headers: HEADERS,
  body: JSON.stringify({ access_token: accessToken, expires_in: expiresIn, token_type: 'Bearer' }),
});

/** Who tried HTTP authentication is told so by 401 and a challenge; the rest is 400, as Cognito has it. */
function refuse(error: TokenError, authorization?: string): TokenResponse {
  const isChallenged = error === 'invalid_client' && authorization !== undefined;
  return {
    statusCode: isChallenged ? 401 : 400,
    headers: {
      ...HEADERS,
      ...(isChallenged && { 'www-authenticate': 'Basic realm="token", charset="UTF-8"' }),
    },
    body: JSON.stringify({ error }),
  };
}
