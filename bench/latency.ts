import { Agent, request } from 'node:http';

import type { GraphqlRequest } from './load.js';

/** One request, again and again. */
export interface Repeated {
  readonly url: string;
  readonly token: string;
  readonly request: GraphqlRequest;
  /** What every answer is. */
  readonly expected: string;
}

/** How long to go on: for so many milliseconds, and for so many requests at least. */
export interface Duration {
  readonly milliseconds: number;
  readonly requests: number;
}

/**
 * Sends a request over one connection, the next when the one before is answered. The first is not counted: it makes the
 * connection, and what is remembered is remembered then.
 * @returns the milliseconds that each took, from its sending to the end of its answer
 * @throws Error for any other answer than the expected one
 */
export async function latencies(
  { url, token, request: body, expected }: Repeated,
  { milliseconds, requests }: Duration,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes.length,
    authorization: `Bearer ${token}`,
  };
  const send = () =>
    new Promise<number>((resolve, reject) => {
      const sentAt = performance.now();
      const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const took = performance.now() - sentAt;
          const text = Buffer.concat(chunks).toString();
          if (text === expected) resolve(took);
          else reject(new Error(`${url} answered something else: ${text.slice(0, 500)}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  try {
    await send();
    const taken: number[] = [];
    const startedAt = performance.now();
    while (taken.length < requests || performance.now() - startedAt < milliseconds) taken.push(await send());
    return taken;
  } finally {
    agent.destroy();
  }
}
