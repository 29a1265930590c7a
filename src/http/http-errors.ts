import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ErrorCode } from '../errors.js';
import type { Logger } from '../services/logger.js';

/** What a caller did wrong before there was an operation, in words of ours. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  404: 'There is nothing here.',
  405: 'This method does not work here.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'Send the body as application/json.',
  431: 'The headers are too large.',
};

/** Gives the errors that Apollo Server never hears of the same envelope as its own. */
export function answerErrorsInEnvelope(server: FastifyInstance, logger: Pick<Logger, 'error'>): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const isCallers = status >= 400 && status < 500;
    if (!isCallers) logger.error({ err: error, requestId: request.id }, 'A request failed.');
    return reply.code(isCallers ? status : 500).send(envelope(isCallers ? status : 500, request.id));
  });
  server.setNotFoundHandler((request, reply) => reply.code(404).send(envelope(404, request.id)));
  // The Apollo integration makes a URL of it, and would fail.
  server.addHook('onRequest', async (request, reply) => {
    if (URL.canParse(`http://${request.headers.host ?? ''}`)) return;
    return reply.code(400).send(envelope(400, request.id));
  });
}

/** Answers a request that never gets to Apollo Server with an error of ours. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: { readonly code: ErrorCode; readonly message: string },
): FastifyReply {
  return reply.code(status).send(envelope(status, request.id, error));
}

/** Answers a request whose address is no address, which meets no hook. A Fastify `frameworkErrors`. */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  void reply.header('x-request-id', request.id).code(status).send(envelope(status, request.id));
}

/** Answers on a connection whose request could not even be read. A Fastify `clientErrorHandler`. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify(envelope(status, null));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function envelope(status: number, requestId: string | null, known = faultOf(status)) {
  const retry = { retryable: false, retryAfter: null };
  return { errors: [{ message: known.message, extensions: { code: known.code, requestId, retry } }] };
}

function faultOf(status: number): { code: string; message: string } {
  if (status >= 500) return { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' };
  const message = MESSAGES[status] ?? 'The request is malformed.';
  return { code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', message };
}
