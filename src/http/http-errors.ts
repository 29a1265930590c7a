import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ErrorCode } from '../errors.js';
import type { Logger } from '../services/logger.js';
import { headerFaultOf } from './header-faults.js';
import { faultOf } from './unroutable-requests.js';

/** What a caller did wrong before there was an operation, in words of ours. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  404: 'There is nothing here.',
  405: 'This method does not work here.',
  408: 'The request took too long to arrive.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'Send the body as application/json, in UTF-8 and not compressed.',
  417: 'This expectation cannot be met.',
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
  const answerNowhere = (request: FastifyRequest, reply: FastifyReply) => {
    const [url = ''] = request.url.split('?', 1);
    const isThere = (method: string) => server.hasRoute({ method, url });
    // Where there is a route for this very method, it is hidden on purpose.
    const allowed = isThere(request.method) ? [] : ['GET', 'POST'].filter(isThere);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    const status = allowed.length > 0 ? 405 : 404;
    return reply.code(status).send(envelope(status, request.id));
  };
  server.setNotFoundHandler(answerNowhere);
  // Nothing happens between this and the reading of the body: whatever is wrong with it is noticed here or there.
  server.addHook('preParsing', (request, reply, _payload, done) => {
    const status = faultOf(request.raw) ?? headerFaultOf(request);
    if (status !== undefined) void reply.code(status).send(envelope(status, request.id));
    else if (request.is404) answerNowhere(request, reply);
    else done();
  });
}

/** Answers a request that never gets to Apollo Server with an error of ours. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: { readonly code: ErrorCode | 'BAD_REQUEST'; readonly message: string },
): FastifyReply {
  return reply.code(status).send(envelope(status, request.id, error));
}

function envelope(status: number, requestId: string, known = errorOf(status)) {
  const retry = { retryable: false, retryAfter: null };
  return { errors: [{ message: known.message, extensions: { code: known.code, requestId, retry } }] };
}

function errorOf(status: number): { code: string; message: string } {
  if (status >= 500) return { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' };
  const message = MESSAGES[status] ?? 'The request is malformed.';
  return { code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', message };
}
