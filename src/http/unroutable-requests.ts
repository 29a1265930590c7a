import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * What Node and Fastify would answer by themselves, without our hooks: a request that cannot be read, that has no address, or
 * that expects what nobody does. Here each of them takes the way of all requests, so that its answer has the same headers and
 * its line in the log; at the end of that way, `faultOf` tells that it is to be refused.
 */
const faults = new WeakMap<IncomingMessage, number>();
/** The last request that was read from each connection, and its answer. */
const exchanges = new WeakMap<Socket, Exchange>();
/** Connections of which nothing more can be read. */
const broken = new WeakSet<Socket>();

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The codes of Node's errors that have a status of their own. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** Where no route is. */
const NOWHERE = '/unroutable';
/** How long a caller has to read the last answer before the connection is destroyed, in milliseconds. */
const LINGER_MS = 2_000;

/** The status with which a request has to be refused because it could not be routed. */
export const faultOf = (request: IncomingMessage): number | undefined => faults.get(request);

/** Stands for a request that could not be read. */
export class UnreadRequest extends IncomingMessage {
  constructor(socket: Socket) {
    super(socket);
    this.method = 'GET';
    this.url = NOWHERE;
    this.complete = true;
    this.push(null);
  }
}

/** Has requests with an `Expect` that is not `100-continue` refused, and notes who waits for an answer; to be called before other hooks are added. */
export function routeUnroutable(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw: request }, { raw: response }, done) => {
    exchanges.set(request.socket, { request, response });
    done();
  });
  server.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    faults.set(request, 417);
    server.routing(request, response);
  });
}

/** Refuses a request whose address is no address. A Fastify `frameworkErrors`. */
export function refuseUnroutable(
  error: FastifyError,
  { server, raw: request }: FastifyRequest,
  reply: FastifyReply,
): void {
  faults.set(request, error.statusCode ?? 400);
  request.url = NOWHERE;
  server.routing(request, reply.raw);
}

/**
 * Refuses what cannot be read on a connection, once everything is answered that was read before, and closes it. For a Fastify
 * `clientErrorHandler`.
 */
export function refuseUnreadable(
  server: FastifyInstance,
  error: NodeJS.ErrnoException,
  socket: Socket,
): void {
  // Node tells of every piece that comes after the first unreadable one, too.
  if (!socket.writable || broken.has(socket)) return;
  broken.add(socket);
  const status = STATUSES[error.code ?? ''] ?? 400;
  const last = exchanges.get(socket);
  if (last && !last.request.complete) {
    // It is its body that cannot be read. Who reads that now, hears of it; who was going to, finds the fault.
    faults.set(last.request, status);
    last.response.shouldKeepAlive = false;
    if (last.request.listenerCount('error') > 0) {
      last.request.emit('error', Object.assign(error, { statusCode: status }));
    }
  }
  const end = () => {
    if (!socket.writable) return;
    if (last && !last.request.complete) hangUp(socket);
    else answer(server, socket, status);
  };
  if (last && !last.response.closed) last.response.once('close', end);
  else end();
}

function answer(server: FastifyInstance, socket: Socket, status: number): void {
  const request = new UnreadRequest(socket);
  const response = new ServerResponse(request);
  faults.set(request, status);
  response.assignSocket(socket);
  response.once('finish', () => hangUp(socket));
  server.routing(request, response);
}

/** Goes on to read for a while what comes: to destroy a connection at once would take the answer from the caller (RFC 9112, section 9.6). */
function hangUp(socket: Socket): void {
  socket.end();
  const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(linger));
}
