import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is up, for this machine alone. */
export interface Listening {
  /** Its GraphQL endpoint. */
  readonly url: string;
  /** Lets what is under way end, for some seconds. */
  readonly close: () => Promise<void>;
}

/** Some never finish what they have begun to ask. */
const PATIENCE_MS = 3_000;

/**
 * Listens on a port of the loopback address; 0 takes any free one.
 *
 * @throws Error that says which port is taken
 */
export async function listen(name: string, handler: RequestListener, port: number): Promise<Listening> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message, code }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'another program listens there' : message;
      reject(new Error(`${name} cannot listen on port ${port}: ${reason}.`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        const cutOff = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
        server.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
      }),
  };
}
