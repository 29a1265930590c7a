import { randomUUID } from 'node:crypto';

import {
  ApolloGateway,
  RemoteGraphQLDataSource,
  type GraphQLDataSourceProcessOptions,
} from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { FetcherResponse } from '@apollo/utils.fetcher';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { forwardedHeaders, type ClientRequest } from '../../examples/supergraph/forwarded-headers.js';
import type { Listening } from '../../examples/supergraph/listen.js';
import type { GatewayOptions } from '../../examples/supergraph/start-gateway.js';

interface GatewayContext extends ClientRequest {
  /** The client's, or one for all that its request leads to. */
  readonly requestId: string;
}

/** What one operation of a client may hold. docs/gateways.md quotes it, and the rest of this file in part. */
const limits = {
  // Counted by the parser: armor's own limit throws where Apollo Server answers 500.
  parseOptions: { maxTokens: 2_000 },
  validationRules: new ApolloArmor({
    maxTokens: { enabled: false },
    maxDepth: { n: 12, flattenFragments: true },
    // Armor's own list of names that it does not count has __typename.
    maxAliases: { n: 30, allowList: [] },
    maxDirectives: { n: 50 },
    costLimit: { maxCost: 20_000, flattenFragments: true },
    blockFieldSuggestion: { enabled: false },
  }).protect().validationRules,
};

/** Does with @apollo/gateway what the example does with Hive's. */
export async function startApolloGateway({
  supergraphSdl,
  gatewaySecret,
  port,
}: GatewayOptions): Promise<Listening> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url = '' }) => new ForwardingDataSource(name, url, gatewaySecret),
  });
  const server = new ApolloServer<GatewayContext>({
    gateway,
    ...limits,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => ({
      header: (name) => req.headers[name]?.toString(),
      peerAddress: req.socket.remoteAddress,
      requestId: req.headers['x-request-id']?.toString() ?? randomUUID(),
    }),
  });
  return { url, close: () => server.stop() };
}

/** It does not start with a supergraph that has `@authenticated` or `@policy`: whoever cannot enforce them is to refuse it. */
startApolloGateway.takesRouterDirectives = false;

interface Refusal {
  readonly errors: readonly GraphQLFormattedError[];
}

const isRefusal = (body: object | string): body is Refusal =>
  typeof body === 'object' && 'errors' in body && Array.isArray(body.errors);

class ForwardingDataSource extends RemoteGraphQLDataSource<GatewayContext> {
  constructor(
    private readonly subgraph: string,
    url: string,
    private readonly gatewaySecret: string,
  ) {
    super({ url });
  }

  override willSendRequest(options: GraphQLDataSourceProcessOptions<GatewayContext>): void {
    // What it asks of its own accord is asked for no client.
    if (!('incomingRequestContext' in options)) return;
    const { request, context } = options;
    const headers = forwardedHeaders(this.subgraph, context, this.gatewaySecret);
    for (const [name, value] of Object.entries(headers)) request.http?.headers.set(name, value);
    request.http?.headers.set('x-request-id', context.requestId);
  }

  /** A refusal in GraphQL's own terms comes with HTTP 400 or 403 too: its code is to reach the client, this address is not. */
  override async errorFromResponse(response: FetcherResponse): Promise<GraphQLError> {
    const body = await this.parseBody(response);
    const [error] = isRefusal(body) ? body.errors : [];
    return new GraphQLError(error?.message ?? 'A subgraph did not answer.', {
      extensions: error?.extensions ?? { code: 'DOWNSTREAM_SERVICE_ERROR' },
    });
  }
}
