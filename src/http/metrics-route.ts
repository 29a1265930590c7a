import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Metrics } from '../services/telemetry/metrics.js';
import { isDirectAndLocal } from './local-only.js';

export interface MetricsRouteOptions {
  readonly metrics: Pick<Metrics, 'print'>;
  /** What other machines bring; undefined where they are told nothing. */
  readonly token: string | undefined;
}

/** Adds `/metrics`, in Prometheus' form, for this machine and for who brings the token. There is nothing for others. */
export function addMetricsRoute(server: FastifyInstance, { metrics, token }: MetricsRouteOptions): void {
  const expected = token === undefined ? undefined : digest(token);

  server.get('/metrics', { config: { isProbe: true } }, async (request, reply) => {
    if (!isDirectAndLocal(request.raw) && !bringsToken(request, expected)) return reply.callNotFound();
    const { body, contentType } = await metrics.print();
    return reply.type(contentType).send(body);
  });
}

function bringsToken({ headers }: FastifyRequest, expected: Buffer | undefined): boolean {
  const [, given] = /^Bearer ([!-~]+)$/i.exec(headers.authorization ?? '') ?? [];
  return given !== undefined && expected !== undefined && timingSafeEqual(digest(given), expected);
}

/** Digests are of one length, so that the time tells neither the length nor the place of the first difference. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
