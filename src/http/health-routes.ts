import type { FastifyInstance, FastifyReply } from 'fastify';

import type { Readiness } from '../services/readiness/readiness.js';
import type { Draining } from './draining.js';

export interface HealthRoutesOptions {
  readonly readiness: Readiness;
  readonly draining: Pick<Draining, 'isUnderWay'>;
}

/**
 * Adds `/livez`, which says that this process runs, and `/readyz`, which says with 200 or 503 whether to send it requests, and
 * names what is down. Both are for anybody, and say nothing else.
 */
export function addHealthRoutes(server: FastifyInstance, { readiness, draining }: HealthRoutesOptions): void {
  const config = { isProbe: true };

  server.get('/livez', { config }, async (_request, reply) => answer(reply, 200, { status: 'up' }));

  server.get('/readyz', { config }, async (_request, reply) => {
    if (draining.isUnderWay()) return answer(reply, 503, { status: 'draining' });
    const report = await readiness.report();
    return answer(reply, report.status === 'down' ? 503 : 200, report);
  });
}

const answer = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply.code(status).send(body);
