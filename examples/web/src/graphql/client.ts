import { RefreshTokensDocument, type TypedDocumentString } from '../operations/generated.js';
import type { SessionStore, StoredSession } from '../session/session-store.js';
import { isAnswer, isUnauthenticated, type Answer } from './answer.js';
import { Failure, unreachable } from './failure.js';

/** Sends an operation and answers its data, whose type the document knows. Rejects with a Failure for any error in it. */
export type Client = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
) => Promise<Data>;

export interface ClientOptions {
  readonly url: string;
  readonly sessions: SessionStore;
  /** Runs one piece of work at a time, of all that the tabs of this browser have. */
  readonly alone: (work: () => Promise<StoredSession | null>) => Promise<StoredSession | null>;
  readonly fetch: typeof fetch;
}

/** The service gives up sooner by itself, and says why. */
const PATIENCE_MS = 30_000;

/**
 * Makes a client that sends the session's access token. Where it is refused, the tokens are refreshed and the operation sent
 * once more; requests that are refused at the same time, in other tabs too, wait for one refresh. A refresh that is refused
 * ends the session everywhere; one that gets no answer does not, and fails what waits for it. Nothing else is ever repeated.
 */
export function createClient({ url, sessions, alone, fetch }: ClientOptions): Client {
  async function post<Data, Variables>(
    query: TypedDocumentString<Data, Variables>,
    variables: Variables,
    accessToken?: string,
  ): Promise<Answer<Data>> {
    const body = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query, variables }),
      // Nobody is signed in by a cookie.
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
      .then((response): Promise<unknown> => response.json())
      .catch(() => undefined);
    if (!isAnswer<Data>(body)) throw unreachable();
    return body;
  }

  /** The tokens that come after those; null where their session has ended. */
  async function refresh(refused: StoredSession): Promise<StoredSession | null> {
    const session = sessions.read();
    if (session?.id !== refused.id) return null;
    // Whoever had the turn before has done it.
    if (session.accessToken !== refused.accessToken) return session;
    const answer = await post(RefreshTokensDocument, { refreshToken: session.refreshToken });
    if (isUnauthenticated(answer, RefreshTokensDocument.toString())) {
      sessions.end(session);
      return null;
    }
    const { accessToken, refreshToken } = dataOf(answer).refreshTokens;
    sessions.renew(session, { accessToken, refreshToken: refreshToken ?? session.refreshToken });
    const renewed = sessions.read();
    return renewed?.id === session.id ? renewed : null;
  }

  return async (document, variables) => {
    const session = sessions.read();
    const operation = document.toString();
    const answer = await post(document, variables, session?.accessToken);
    if (session === null || !isUnauthenticated(answer, operation)) return dataOf(answer);
    const renewed = await alone(() => refresh(session));
    if (renewed === null) return dataOf(answer);
    const second = await post(document, variables, renewed.accessToken);
    if (isUnauthenticated(second, operation)) sessions.end(renewed);
    return dataOf(second);
  };
}

/** All or nothing: a page here asks for nothing that its viewer may not see. */
function dataOf<Data>({ data, errors: [error] = [] }: Answer<Data>): Data {
  if (error !== undefined) throw Failure.of(error);
  if (data === null || data === undefined) throw unreachable();
  return data;
}
