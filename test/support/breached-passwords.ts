import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as Pwned Passwords does. */
export interface BreachedPasswordsServer {
  readonly url: string;
  /** Path and query of each request, and whether it asked for padding. */
  readonly asked: { readonly path: string; readonly padded: boolean }[];
  /** What it does with requests from now on. */
  behave(behaviour: 'answers' | 'fails' | 'hangs'): void;
  close(): Promise<void>;
}

const PADDING = `${'0'.repeat(34)}A:0`;

/** Knows these passwords from breaches. https://haveibeenpwned.com/API/v3#PwnedPasswords */
export async function startBreachedPasswords(known: readonly string[]): Promise<BreachedPasswordsServer> {
  const digests = known.map((password) => createHash('sha1').update(password).digest('hex').toUpperCase());
  const asked: { path: string; padded: boolean }[] = [];
  let behaviour = 'answers';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, padded: request.headers['add-padding'] === 'true' });
    if (behaviour === 'hangs') return;
    const prefix = /^\/range\/([0-9A-F]{5})(\?|$)/.exec(path)?.[1];
    if (behaviour === 'fails' || prefix === undefined) {
      response.writeHead(503).end();
      return;
    }
    const rows = digests
      .filter((digest) => digest.startsWith(prefix))
      .map((digest) => `${digest.slice(5)}:37`);
    response.end([PADDING, ...rows].join('\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave(next) {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
