/** A request as frameworks have it: that of Fetch, of Node, of Express, of Fastify. */
export interface RequestWithHeaders {
  readonly headers:
    | { get(name: string): string | null }
    | { readonly [name: string]: string | readonly string[] | undefined };
}

/** What is known of one request without a framework. */
export interface RequestCredential {
  /** The person's access token, without a scheme; nobody is signed in without one. */
  readonly accessToken: string | null | undefined;
}

/** Who asks, as their token has it, which nobody has verified here: Portcullis does, or nothing comes of it. */
export interface Caller {
  readonly accessToken: string;
  /** Whom the token names; undefined where it cannot be read. */
  readonly userId: string | undefined;
  /** When it ends, in milliseconds since the epoch of Unix; undefined where it does not say. */
  readonly tokenEndsAt: number | undefined;
}

/** What no header could carry, or no server would read. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

/** Who asks in a request; null where nobody is signed in. */
export function callerOf(request: RequestWithHeaders | RequestCredential): Caller | null {
  const accessToken = 'headers' in request ? bearerOf(request) : request.accessToken;
  if (!accessToken || !TOKEN.test(accessToken)) return null;
  const claims = claimsOf(accessToken);
  return {
    accessToken,
    userId: typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : undefined,
    tokenEndsAt: typeof claims.exp === 'number' ? claims.exp * 1_000 : undefined,
  };
}

function bearerOf({ headers }: RequestWithHeaders): string | undefined {
  const value = isFetchHeaders(headers) ? headers.get('authorization') : headers.authorization;
  return typeof value === 'string' ? /^Bearer +([^ ]+) *$/i.exec(value)?.[1] : undefined;
}

const isFetchHeaders = (
  headers: RequestWithHeaders['headers'],
): headers is { get(name: string): string | null } => typeof headers.get === 'function';

function claimsOf(token: string): { readonly sub?: unknown; readonly exp?: unknown } {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
