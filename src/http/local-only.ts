import type { IncomingMessage } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { isLocalHost, isLoopbackAddress } from '../loopback.js';

/**
 * Does this request come from this machine, and on purpose? Both must be true:
 *
 * - the socket's own peer is this machine (what a proxy says of the peer in a header counts for nothing), and
 * - `Host` names this machine. A web page elsewhere can have its own name resolved to 127.0.0.1 (DNS rebinding) and
 *   would then reach the service from the user's browser, but under that name.
 */
export function isLocalRequest({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const peer = socket.remoteAddress;
  return peer !== undefined && isLoopbackAddress(peer) && isLocalHost(hostWithoutPort(headers.host));
}

/** What proxies add: behind one on this machine, everybody seems to be on it. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/** The same of a request that no proxy has passed on, as far as that shows. */
export const isDirectAndLocal = (request: Pick<IncomingMessage, 'socket' | 'headers'>): boolean =>
  isLocalRequest(request) && FORWARDED.every((name) => request.headers[name] === undefined);

/** A Fastify `onRequest` hook that answers everybody else 404, as if there were nothing. */
export async function localOnly(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return isLocalRequest(request.raw) ? undefined : reply.callNotFound();
}

/** `[::1]:4000` → `[::1]`, `localhost:4000` → `localhost`; the empty string for what is not `host[:port]`. */
function hostWithoutPort(header: string | undefined): string {
  return /^(\[[\da-f:.]+\]|[^:[\]]+)(:\d*)?$/i.exec(header ?? '')?.[1] ?? '';
}
