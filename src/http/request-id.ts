import type { FastifyInstance } from 'fastify';

/** What an id of somebody else's may look like: printable, and short enough for every log line. */
const WELL_FORMED = /^[\w.:/+=-]{1,128}$/;

/**
 * Gives each request's id back to the caller. A gateway that proved itself may
 * bring the id of its own request in `x-request-id`; put it after `identifyCallers`.
 */
export function trackRequestIds(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const theirs = request.headers['x-request-id'];
    if (request.caller === 'gateway' && typeof theirs === 'string' && WELL_FORMED.test(theirs)) {
      request.id = theirs;
    }
    void reply.header('x-request-id', request.id);
    done();
  });
}
