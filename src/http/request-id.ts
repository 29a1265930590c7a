import { AsyncLocalStorage } from 'node:async_hooks';

import type { FastifyInstance } from 'fastify';

const current = new AsyncLocalStorage<string>();

/** What an id of somebody else's may look like: printable, and short enough for every log line. */
const WELL_FORMED = /^[\w.:/+=-]{1,128}$/;

/** The id of the request that this code runs for; null outside of one. */
export const currentRequestId = (): string | null => current.getStore() ?? null;

/**
 * Carries each request's id along everything that is done for it, and back to the caller. A gateway that proved itself may
 * bring the id of its own request in `x-request-id`; put it after `identifyCallers`.
 */
export function trackRequestIds(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const theirs = request.headers['x-request-id'];
    if (request.caller === 'gateway' && typeof theirs === 'string' && WELL_FORMED.test(theirs)) {
      request.id = theirs;
    }
    void reply.header('x-request-id', request.id);
    current.run(request.id, done);
  });
}
