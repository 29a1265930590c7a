import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';

import { RequestContext } from '../context.js';
import { PortcullisError } from '../errors.js';
import { createErrorFormatter } from '../schema/format-error.js';
import { isDatabaseOutage } from '../services/database/query-errors.js';
import type { Services } from '../services/index.js';
import { limitDocument } from './document-limits.js';
import { limitOperations } from './operation-limits.js';
import { currentRequestId } from './request-id.js';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  /** Production answers no introspection, and suggests no names in its errors. */
  readonly production: boolean;
}

/** Puts the GraphQL endpoint on a Fastify server. What it returns stops it. */
export async function addGraphqlEndpoint(
  server: FastifyInstance,
  { schema, services, production }: GraphqlServerOptions,
): Promise<{ stop(): Promise<void> }> {
  const apollo = new ApolloServer<RequestContext>({
    schema,
    logger: services.logger,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // The process's signals are handled by main.ts.
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter({
      requestId: currentRequestId,
      translate: databaseOutage,
      onUnexpected: (error) =>
        services.logger.error({ err: error, requestId: currentRequestId() }, 'unexpected error'),
    }),
    plugins: [
      fastifyApolloDrainPlugin(server),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      limitOperations,
      countFiltered,
    ],
  });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, {
    context: async (request) => createContext(request, services),
  });
  server.route({
    url: GRAPHQL_PATH,
    method: ['GET', 'POST', 'OPTIONS'],
    preHandler: limitDocument,
    handler,
  });
  return { stop: () => apollo.stop() };
}

const databaseOutage = (error: unknown): PortcullisError | undefined =>
  isDatabaseOutage(error)
    ? new PortcullisError('UPSTREAM_UNAVAILABLE', 'The database does not answer.', { cause: error })
    : undefined;

async function createContext(request: FastifyRequest, services: Services): Promise<RequestContext> {
  const credential = await services.authentication.authenticate(request.headers.authorization);
  const client = { ipAddress: request.ip, userAgent: request.headers['user-agent']?.slice(0, 512) ?? null };
  return new RequestContext(services, request.id, client, credential);
}

/** Says in the extensions how many items the viewer was not shown. */
const countFiltered: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        if (response.body.kind !== 'single' || contextValue.filteredCount === 0) return;
        const result = response.body.singleResult;
        result.extensions = { ...result.extensions, authorization: { filtered: contextValue.filteredCount } };
      },
    };
  },
};
