import { systemClock, type Clock } from '../services/clock.js';
import { boundedText, isRecord, jsonOf } from './bounded-text.js';
import { DecisionFailure } from './decision-failure.js';
import { secureUrl } from './secure-url.js';

/** What a credential is asked for with. */
export interface CredentialRequest {
  /** One that was given out before and has been refused. */
  readonly rejected?: string | undefined;
}

/** Yields what this service proves itself by to the identity service, without the scheme `Bearer`. */
export type ServiceCredential = (request: CredentialRequest) => string | Promise<string>;

export interface ClientCredentialsOptions {
  /** The token endpoint. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes to ask for; whatever the client may have when left out. */
  readonly scope?: string;
  /** Lets the secret travel without TLS beyond this machine. */
  readonly allowInsecureHttp?: boolean;
}

/** Milliseconds after which the token endpoint is not waited for any longer. */
const PATIENCE_MS = 5_000;
/** No token endpoint has more to say. */
const MAX_BYTES = 64 * 1_024;
/** Milliseconds of a token that says nothing of its end. */
const UNTOLD_LIFETIME_MS = 60_000;
/** Milliseconds before its end at which a token is not begun with any more, or a tenth of its life where that is less. */
const MARGIN_MS = 30_000;

interface Token {
  readonly text: string;
  /** Milliseconds since the epoch of Unix. */
  readonly goodUntil: number;
}

/**
 * The client credentials grant (RFC 6749, section 4.4). A token is kept until shortly before its end, or until it is refused; whoever
 * asks while one is under way gets that one.
 *
 * @throws Error where the token endpoint is not fit for a secret
 */
export function clientCredentials(
  options: ClientCredentialsOptions,
  clock: Clock = systemClock,
): ServiceCredential {
  const url = secureUrl('tokenUrl', options.tokenUrl, options.allowInsecureHttp);
  const now = () => clock.now().getTime();
  let token: Token | undefined;
  let underWay: Promise<Token> | undefined;

  const renew = async (): Promise<Token> => {
    try {
      return (token = await requestToken(url, options, now));
    } finally {
      underWay = undefined;
    }
  };
  return async ({ rejected }) => {
    if (token !== undefined && token.text !== rejected && now() < token.goodUntil) return token.text;
    underWay ??= renew();
    return (await underWay).text;
  };
}

async function requestToken(
  url: URL,
  { clientId, clientSecret, scope }: ClientCredentialsOptions,
  now: () => number,
): Promise<Token> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
  });
  const askedAt = now();
  const response = await fetch(url, {
    method: 'POST',
    // Nobody else is to get the secret.
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')}`,
    },
    body: form,
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((cause: unknown) => {
    throw new DecisionFailure('CREDENTIAL', 'The token endpoint does not answer.', {
      retryable: true,
      cause,
    });
  });
  const text = await boundedText(response, MAX_BYTES);
  if (response.status !== 200) {
    throw new DecisionFailure('CREDENTIAL', `The token endpoint answers with status ${response.status}.`, {
      retryable: response.status >= 500 || response.status === 429,
    });
  }
  return readToken(jsonOf(text), askedAt);
}

/** RFC 6749, section 5.1. */
function readToken(answer: unknown, askedAt: number): Token {
  const { access_token: text, token_type: type, expires_in: seconds } = isRecord(answer) ? answer : {};
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text) || !isBearer) {
    throw new DecisionFailure('CREDENTIAL', 'The token endpoint answers without a bearer token.');
  }
  const lifetime = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : UNTOLD_LIFETIME_MS;
  return { text, goodUntil: askedAt + lifetime - Math.min(MARGIN_MS, lifetime / 10) };
}

/** As RFC 6749, section 2.3.1, has it within Basic. */
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
