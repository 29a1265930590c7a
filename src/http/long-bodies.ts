import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Authenticate } from '../services/authentication/credential.js';
import { refuse } from './http-errors.js';

/** How long a body may be, in bytes. */
export const MAX_BODY_BYTES = {
  anyone: 1_048_576,
  /** A thousand checks, each with attributes that name as many entities as it may; or representations with theirs. */
  proven: 8_388_608,
} as const;

declare module 'fastify' {
  interface RouteConstraint {
    body?: 'long';
  }
}

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type Storage = ReturnType<Strategy['storage']>;
type Handler = Parameters<Storage['set']>[1];

/**
 * Has requests with a body that is too long for anyone take routes of their own, whose constraint is `body: 'long'`, as far as
 * there are any. A body that does not say how long it is, is not long: it is read up to the limit of its route.
 */
export function routeLongBodies(server: FastifyInstance): void {
  server.addConstraintStrategy({
    name: 'body',
    deriveConstraint: ({ headers }) =>
      Number(headers['content-length']) > MAX_BODY_BYTES.anyone ? 'long' : undefined,
    validate: () => {},
    storage(): Storage {
      const handlers = new Map<unknown, Handler>();
      return {
        get: (value) => handlers.get(value) ?? null,
        set: (value, handler) => void handlers.set(value, handler),
      };
    },
  });
}

/** A Fastify `onRequest` hook: long bodies are read of gateways and services alone, who have proven themselves before. */
export function refuseLongBodies(authenticate: Authenticate) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (request.caller === 'gateway') return undefined;
    const { kind } = await authenticate(request.headers.authorization);
    if (kind === 'service') return undefined;
    // What was not read is not to be taken for another request.
    void reply.header('connection', 'close');
    return refuse(request, reply, 413, {
      code: 'BAD_REQUEST',
      message: `The body is too large: ${MAX_BODY_BYTES.anyone} bytes are the most.`,
    });
  };
}
