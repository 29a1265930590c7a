import fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';

import type { Services } from '../services/index.js';
import type { Randomness } from '../services/randomness.js';
import type { Readiness } from '../services/readiness/readiness.js';
import { ruleBrowsers } from './browser-rules.js';
import { identifyCallers } from './callers.js';
import { createClientAddressFinder } from './client-address.js';
import { developmentRoutes } from './development-routes.js';
import { watchForDraining, type Draining } from './draining.js';
import { addGraphqlEndpoint, GRAPHQL_PATH } from './graphql-server.js';
import { addHealthRoutes } from './health-routes.js';
import { answerErrorsInEnvelope } from './http-errors.js';
import type { MailboxMessage } from './mailbox-page.js';
import { addMetricsRoute } from './metrics-route.js';
import { trackRequestIds } from './request-id.js';
import { MAX_BODY_BYTES } from './long-bodies.js';
import { logRequests } from './request-log.js';
import { tokenRoute, type TokenEndpoint } from './token-route.js';
import { refuseUnreadable, refuseUnroutable, routeUnroutable } from './unroutable-requests.js';

export interface EdgeOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly readiness: Readiness;
  readonly randomness: Randomness;
  readonly production: boolean;
  /** What proves a gateway. Without any, only development answers what gateways ask. */
  readonly gatewaySecrets: readonly string[];
  /** IP addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may ask from a browser. */
  readonly corsOrigins: readonly string[];
  /** What opens the metrics to other machines. */
  readonly metricsToken?: string;
  /** Where services get tokens, unless that is elsewhere. */
  readonly tokenEndpoint?: TokenEndpoint | undefined;
  /** What was kept instead of being mailed, newest first; shown in development. */
  readonly listMessages: () => Promise<readonly MailboxMessage[]>;
}

/** How long a request may take to arrive: nobody holds a connection open by sending a byte now and then. */
const ARRIVAL_MS = 30_000;
/** How often it is looked at who is late. */
const LATENESS_CHECK_MS = 2_000;

/** The HTTP server of the service, not listening yet: the one place that decides in which order a request meets what. */
export async function createServer(
  options: EdgeOptions,
): Promise<{ server: FastifyInstance; draining: Draining }> {
  const { schema, services, readiness, randomness, production, gatewaySecrets, trustedProxies } = options;
  const server: FastifyInstance = fastify({
    genReqId: () => randomness.uuid(),
    bodyLimit: MAX_BODY_BYTES.anyone,
    requestTimeout: ARRIVAL_MS,
    // What arrives while it closes has been accepted, and is answered.
    return503OnClosing: false,
    http: {
      // Node takes the larger of the two times for the request, and this is a minute by default.
      headersTimeout: ARRIVAL_MS,
      connectionsCheckingInterval: LATENESS_CHECK_MS,
      // Node would answer without a body.
      requireHostHeader: false,
    },
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: (error, socket) => refuseUnreadable(server, error, socket),
  });
  routeUnroutable(server);
  const draining = watchForDraining(server);
  logRequests(server, services.logger);
  identifyCallers(server, gatewaySecrets);
  trackRequestIds(server);
  await ruleBrowsers(server, options);
  answerErrorsInEnvelope(server, services.logger);
  addHealthRoutes(server, { readiness, draining });
  addMetricsRoute(server, { metrics: services.metrics, token: options.metricsToken });
  await addGraphqlEndpoint(server, {
    schema,
    services,
    clientAddress: createClientAddressFinder(trustedProxies),
    production,
    federation: production || gatewaySecrets.length > 0 ? 'gateways' : 'anyone',
  });
  if (options.tokenEndpoint) {
    await server.register(tokenRoute, { tokenEndpoint: options.tokenEndpoint });
  }
  if (!production) {
    await server.register(developmentRoutes, {
      graphqlPath: GRAPHQL_PATH,
      listMessages: options.listMessages,
    });
  }
  return { server, draining };
}
