import { AsyncLocalStorage } from 'node:async_hooks';

import type { FastifyInstance } from 'fastify';

const current = new AsyncLocalStorage<string>();

/** The id of the request that this code runs for; null outside of one. */
export const currentRequestId = (): string | null => current.getStore() ?? null;

/** Carries each request's id along everything that is done for it, and back to the caller. */
export function trackRequestIds(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    current.run(request.id, done);
  });
}
