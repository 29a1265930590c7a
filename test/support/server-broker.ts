import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that many test files share: made when the first asks for it, undone at the end of the run. */
export interface SharedThing {
  /** What the tests need to know of it: an address or a path. */
  readonly value: string;
  stop(): Promise<void>;
}

export interface ServerBroker {
  /** `GET <url>/<name>` answers the value of that thing. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Test files run in processes of their own; what they share lives in the main one. This answers them over HTTP, so
 * that a run of unit tests starts no server, and a run of all starts each once.
 */
export async function startBroker(makers: Record<string, () => Promise<SharedThing>>): Promise<ServerBroker> {
  const things = new Map<string, Promise<SharedThing>>();

  const thing = (name: string): Promise<SharedThing> => {
    const make = makers[name];
    if (make === undefined) return Promise.reject(new Error(`The tests have no server named ${name}.`));
    const known = things.get(name) ?? make();
    things.set(name, known);
    return known;
  };

  const server = createServer((request, response) => {
    thing((request.url ?? '').slice(1)).then(
      ({ value }) => response.end(value),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      const stops = [...things.values()].map(async (thing) => {
        const made = await thing.catch(() => undefined);
        await made?.stop();
      });
      await Promise.all(stops);
    },
  };
}
