import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

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
  await server.register(helmet, {
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
  });
  // Answers hold tokens (RFC 6749, section 5.1) or what is so at this moment.
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
  if (corsOrigins.length === 0) return;
  await server.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'],
    exposedHeaders: ['x-request-id'],
    // Nobody is signed in by a cookie.
    credentials: false,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: true,
  });
}
