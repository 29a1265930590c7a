import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { refuse } from './http-errors.js';

/** The header in which a gateway proves what it is. */
export const GATEWAY_SECRET_HEADER = 'x-gateway-secret';

/** Who sends a request: a gateway that proved it, somebody who tried to, or anybody else. */
export type Caller = 'gateway' | 'impostor' | 'direct';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/**
 * Tells on every request who sends it. Where no gateway has a secret, nobody can be one and the header says nothing.
 *
 * @param secrets those that prove a gateway; more than one while they are being changed
 */
export function identifyCallers(server: FastifyInstance, secrets: readonly string[]): void {
  const isSecret = createSecretCheck(secrets);
  server.decorateRequest('caller', 'direct');
  server.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers[GATEWAY_SECRET_HEADER];
    if (header !== undefined && secrets.length > 0) {
      request.caller = isSecret(String(header)) ? 'gateway' : 'impostor';
    }
    done();
  });
}

/** A Fastify `onRequest` hook that turns away who brings a wrong secret: to take them for a direct caller would hide the fault. */
export async function refuseImpostors(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.caller !== 'impostor') return undefined;
  return refuse(request, reply, 403, { code: 'FORBIDDEN', message: 'The gateway’s secret is wrong.' });
}

/** Says whether a text is one of the secrets. */
export function createSecretCheck(secrets: readonly string[]): (candidate: string) => boolean {
  const digests = secrets.map(digest);
  return (candidate) => isOneOf(candidate, digests);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Digests are of one length, so that the time tells neither the length nor the place of the first difference. */
function isOneOf(candidate: string, digests: readonly Buffer[]): boolean {
  const given = digest(candidate);
  return digests.map((known) => timingSafeEqual(given, known)).includes(true);
}
