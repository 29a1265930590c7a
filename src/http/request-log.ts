import { performance } from 'node:perf_hooks';

import type { FastifyInstance } from 'fastify';

import type { Logger } from '../services/logger.js';
import { UnreadRequest } from './unroutable-requests.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked time and again by machines, so that it is logged for debugging only. */
    isProbe?: boolean;
  }
}

/**
 * Logs a line for each request, once it is answered or its caller has gone. The line knows the route, not the address or
 * anything else that the caller wrote.
 */
export function logRequests(server: FastifyInstance, logger: Pick<Logger, 'info' | 'debug'>): void {
  server.addHook('onRequest', (request, { raw: response }, done) => {
    const startedAt = performance.now();
    // Unlike Fastify's onResponse, it also tells of callers who have gone.
    response.once('close', () => {
      const { url, config } = request.routeOptions;
      const isAnswered = response.writableFinished;
      const line = {
        requestId: request.id,
        method: request.raw instanceof UnreadRequest ? null : request.method,
        path: url ?? null,
        status: isAnswered ? response.statusCode : null,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        caller: request.caller,
      };
      const message = isAnswered ? 'A request was answered.' : 'A caller left before the answer.';
      if (config.isProbe) logger.debug(line, message);
      else logger.info(line, message);
    });
    done();
  });
}
