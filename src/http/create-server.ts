import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';

import type { Services } from '../services/index.js';
import type { Readiness } from '../services/readiness/readiness.js';
import { createBareServer, type BareServerOptions } from './bare-server.js';
import { createClientAddressFinder } from './client-address.js';
import { developmentRoutes } from './development-routes.js';
import type { Draining } from './draining.js';
import { addGraphqlEndpoint, GRAPHQL_PATH } from './graphql-server.js';
import { addHealthRoutes } from './health-routes.js';
import type { MailboxMessage } from './mailbox-page.js';
import { addMetricsRoute } from './metrics-route.js';
import { tokenRoute, type TokenEndpoint } from './token-route.js';

export interface EdgeOptions extends BareServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly readiness: Readiness;
  /** Without any, only development answers what gateways ask. */
  readonly gatewaySecrets: readonly string[];
  /** IP addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** What opens the metrics to other machines. */
  readonly metricsToken?: string;
  /** Where services get tokens, unless that is elsewhere. */
  readonly tokenEndpoint?: TokenEndpoint | undefined;
  /** What was kept instead of being mailed, newest first; shown in development. */
  readonly listMessages: () => Promise<readonly MailboxMessage[]>;
}

/** The HTTP server of the service, not listening yet. */
export async function createServer(
  options: EdgeOptions,
): Promise<{ server: FastifyInstance; draining: Draining }> {
  const { schema, services, readiness, production, gatewaySecrets, trustedProxies } = options;
  const { server, draining } = await createBareServer(options);
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
