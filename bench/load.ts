import autocannon from 'autocannon';

/** Requests to one GraphQL endpoint, and how to tell that they are answered. */
export interface Load {
  readonly url: string;
  readonly token?: string;
  /** GraphQL requests; each connection keeps sending one of them. */
  readonly requests: readonly GraphqlRequest[];
  readonly connections: number;
  readonly isAnswer: (body: string) => boolean;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const headersOf = (token: string | undefined) => ({
  'content-type': 'application/json',
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

const LONGEST_SECONDS = 60;

/**
 * Requests answered a second, over so many seconds, or more where not even one was.
 * @throws Error when any answer was not what it should be, or there was none
 */
export async function requestRate(load: Load, seconds: number): Promise<number> {
  const bodies = load.requests.map((request) => JSON.stringify(request));
  let clients = 0;
  const { requests, duration, errors, timeouts, mismatches, non2xx } = await autocannon({
    url: load.url,
    method: 'POST',
    headers: headersOf(load.token),
    body: bodies[0] ?? '',
    connections: load.connections,
    duration: seconds,
    setupClient(client) {
      client.setBody(bodies[clients % bodies.length] ?? '');
      clients += 1;
    },
    verifyBody: load.isAnswer,
  });
  const faults = errors + timeouts + mismatches + non2xx;
  if (faults > 0) throw new Error(`${faults} of the requests to ${load.url} were not answered as expected.`);
  if (requests.total > 0) return requests.total / duration;
  // No answer is no rate: it may take longer than that on a busy machine.
  if (seconds < LONGEST_SECONDS) return requestRate(load, seconds * 2);
  throw new Error(`${load.url} answered nothing within ${seconds} seconds.`);
}

/** One answer, whatever it is, read as JSON. */
export async function postGraphql(url: string, request: GraphqlRequest): Promise<unknown> {
  const body = JSON.stringify(request);
  const response = await fetch(url, { method: 'POST', headers: headersOf(undefined), body });
  return response.json();
}

/** One answer, as text. @throws Error for anything but 200 */
export async function askOnce(url: string, request: GraphqlRequest, token?: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: headersOf(token),
    body: JSON.stringify(request),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}
