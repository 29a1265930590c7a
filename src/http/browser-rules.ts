import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';

import { refuse } from './http-errors.js';
import { LIMIT_HEADERS } from './limit-headers.js';

export interface BrowserRulesOptions {
  /** Origins whose pages may ask from a browser; none when empty. */
  readonly corsOrigins: readonly string[];
  readonly production: boolean;
}

/** How long a browser may remember what a preflight said: as long as the strictest one does. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * Tells browsers what they may do with the answers: show none of them as a page or within one, keep none, and give them
 * to no other origin's page, unless it is configured. The pages of development loosen that for themselves.
 */
export async function ruleBrowsers(
  server: FastifyInstance,
  { corsOrigins, production }: BrowserRulesOptions,
): Promise<void> {
  const headers = {
    ...securityHeaders(production),
    // Answers hold tokens (RFC 6749, section 5.1) or what is so at this moment.
    'cache-control': 'no-store',
  };
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
  if (corsOrigins.length === 0) return;
  server.addHook('onRequest', refuseHalfPreflight);
  await server.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'],
    exposedHeaders: ['x-request-id', ...LIMIT_HEADERS],
    // Nobody is signed in by a cookie.
    credentials: false,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}

/** Refuses, in the envelope, what the CORS plugin would by itself refuse as bare text. */
async function refuseHalfPreflight(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (request.method !== 'OPTIONS' || (origin && method)) return undefined;
  return refuse(request, reply, 400, {
    code: 'BAD_REQUEST',
    message: 'A preflight names its origin and the method that is to come.',
  });
}

/** What helmet says of every answer: it is the same for all, so that it is asked once, with an answer that nobody gets. */
function securityHeaders(production: boolean): Readonly<Record<string, unknown>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"] },
    },
    frameguard: { action: 'deny' },
    // What these say is about pages and downloads of a kind that is not here, and every answer would carry it.
    crossOriginOpenerPolicy: false,
    dnsPrefetchControl: false,
    ieNoOpen: false,
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
    // Development speaks plain HTTP, on a name that other programs share.
    strictTransportSecurity: production,
  })(request, response, () => {});
  return response.getHeaders();
}
