/** Portcullis among the subgraphs: the only one that is told the gateway's secret. */
export const PORTCULLIS = 'portcullis';

/** What a gateway knows of a request that it answers. */
export interface ClientRequest {
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | null | undefined;
  /** The other end of the socket, read when the request came: a socket that was closed meanwhile has forgotten it. */
  readonly peerAddress: string | undefined;
}

/** Passed on as they came: who asks, and with what program. */
const PASSED_ON = ['authorization', 'user-agent'] as const;

/** The headers for one subgraph. Whatever else the client sends stays with the gateway. */
export function forwardedHeaders(
  subgraph: string,
  { header, peerAddress = 'unknown' }: ClientRequest,
  gatewaySecret: string,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = header(name);
    if (value) headers[name] = value;
  }
  // What the client claims comes first, and what the gateway has seen itself comes last: Portcullis believes the last.
  const claimed = header('x-forwarded-for');
  headers['x-forwarded-for'] = claimed ? `${claimed}, ${peerAddress}` : peerAddress;
  if (subgraph === PORTCULLIS) headers['x-gateway-secret'] = gatewaySecret;
  return headers;
}
