import { createServer, request as send, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A GraphQL request as it went by. */
export interface RecordedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface RecordingProxy {
  readonly url: string;
  /** What went by, oldest first. */
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/** Stands before a GraphQL endpoint and writes down what is asked there; it changes nothing and adds no header. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, answer) => {
    void text(incoming).then((body) => {
      const { query, variables = {} } = JSON.parse(body) as Omit<RecordedRequest, 'headers'>;
      requests.push({ headers: incoming.headers, query, variables });
      send(target, { method: 'POST', headers: incoming.headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      })
        .on('error', () => answer.destroy())
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
