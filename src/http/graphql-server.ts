import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isEnumType, OperationTypeNode, type GraphQLSchema, type ValidationRule } from 'graphql';

import { RequestContext } from '../context.js';
import { PortcullisError } from '../errors.js';
import { createErrorFormatter } from '../schema/format-error.js';
import { isDatabaseOutage } from '../services/database/query-errors.js';
import type { Services } from '../services/index.js';
import type { ClientAddress } from '../services/sessions/session.js';
import { refuseImpostors } from './callers.js';
import type { ClientAddressFinder } from './client-address.js';
import { limitDocument } from './document-limits.js';
import { createDocumentStore } from './document-store.js';
import { locateInShortDocuments } from './error-locations.js';
import { createErrorOrigins, withRequestId } from './error-origins.js';
import { reportLimits } from './limit-headers.js';
import { limitsOf, type DocumentLimits } from './limits.js';
import { MAX_BODY_BYTES, refuseLongBodies, routeLongBodies } from './long-bodies.js';
import { limitOperations } from './operation-limits.js';
import { refuseOperations } from './refused-operations.js';
import {
  abortedValidation,
  federationForGatewaysRule,
  limitRules,
  MAX_VALIDATION_ERRORS,
  oneAuthenticationRule,
} from './validation-rules.js';

export const GRAPHQL_PATH = '/graphql';

/** The header in which a service brings the access token of the person on whose behalf it asks. */
const SUBJECT_TOKEN_HEADER = 'x-subject-token';

interface Texts {
  Reply: string;
}

export interface GraphqlServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly clientAddress: ClientAddressFinder;
  /** Production answers no introspection, and suggests no names in its errors. */
  readonly production: boolean;
  /** Who may ask for `_entities` and `_service`. */
  readonly federation: 'anyone' | 'gateways';
}

/**
 * Puts the GraphQL endpoint on a Fastify server, once `identifyCallers` is there. Behind it are two Apollo Servers, since each
 * remembers the documents that it found valid: a single one would admit from anybody what a gateway has once sent.
 */
export async function addGraphqlEndpoint(
  server: FastifyInstance,
  options: GraphqlServerOptions,
): Promise<void> {
  const closed = options.federation === 'gateways';
  const forDirect = closed ? [federationForGatewaysRule] : [];
  const direct = await startApollo(server, options, limitsOf('direct'), forDirect);
  const gateway = await startApollo(server, options, limitsOf('gateway'), []);
  const { services, clientAddress } = options;
  const context = (request: FastifyRequest) => createContext(request, services, clientAddress);
  const answerDirect = fastifyApolloHandler(direct, { context });
  const answerGateway = fastifyApolloHandler(gateway, { context });
  const route = {
    url: GRAPHQL_PATH,
    preHandler: limitDocument,
    async handler(request: FastifyRequest<Texts>, reply: FastifyReply<Texts>) {
      const answer = request.caller === 'gateway' ? answerGateway : answerDirect;
      const body = await answer.call(server, request, reply);
      const isRefusal = reply.statusCode >= 400 && typeof body === 'string' && body.startsWith('{');
      return isRefusal ? withRequestId(body, request.id) : body;
    },
  };
  routeLongBodies(server);
  server.route<Texts>({ ...route, method: ['GET', 'POST', 'OPTIONS'], onRequest: refuseImpostors });
  server.route<Texts>({
    ...route,
    method: 'POST',
    constraints: { body: 'long' },
    bodyLimit: MAX_BODY_BYTES.proven,
    onRequest: [refuseImpostors, refuseLongBodies(services.authentication.authenticate)],
  });
}

async function startApollo(
  server: FastifyInstance,
  { schema, services, production }: GraphqlServerOptions,
  limits: DocumentLimits,
  validationRules: readonly ValidationRule[],
): Promise<ApolloServer<RequestContext>> {
  const origins = createErrorOrigins();
  const formatError = createErrorFormatter({
    requestIdOf: origins.requestIdOf,
    translate: (error) => databaseOutage(error) ?? abortedValidation(error),
    enumValues: production ? () => [] : (name) => valuesOfEnum(schema, name),
    onUnexpected: (error, requestId) => services.logger.error({ err: error, requestId }, 'unexpected error'),
  });
  const refuse = refuseOperations<RequestContext>((error, { requestId }) => {
    origins.note(error, requestId);
    return formatError(error.toJSON(), error);
  });
  const apollo = new ApolloServer<RequestContext>({
    schema,
    logger: services.logger,
    documentStore: createDocumentStore(),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // It also has the rules of ours wait until a document is valid, and free of circles.
    maxRecursiveSelections: true,
    validationRules: [...limitRules(limits), ...validationRules, oneAuthenticationRule],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // The process's signals are handled by main.ts.
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      origins.plugin,
      locateInShortDocuments,
      limitOperations(limits),
      readAskersOfMutationsAnew,
      refuse,
      countFiltered,
      reportLimits,
    ],
  });
  await apollo.start();
  // Fastify closes only when all requests are answered.
  server.addHook('onClose', () => apollo.stop());
  return apollo;
}

function valuesOfEnum(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

const databaseOutage = (error: unknown): PortcullisError | undefined =>
  isDatabaseOutage(error)
    ? new PortcullisError('UPSTREAM_UNAVAILABLE', 'The database does not answer.', { cause: error })
    : undefined;

/**
 * Who sent a request. Few operations ask for that, and finding it is work.
 *
 * A class: V8 gives an object with getters of its own a shape of its own, which keeps whatever the getters see, here all of a
 * request, until the next full collection.
 */
class RequestingClient implements ClientAddress {
  readonly #request: FastifyRequest;
  readonly #addressOf: ClientAddressFinder;

  constructor(request: FastifyRequest, addressOf: ClientAddressFinder) {
    this.#request = request;
    this.#addressOf = addressOf;
  }

  get ipAddress(): string {
    return this.#addressOf(this.#request);
  }

  get userAgent(): string | null {
    return this.#request.headers['user-agent']?.slice(0, 512) ?? null;
  }
}

async function createContext(
  request: FastifyRequest,
  services: Services,
  clientAddress: ClientAddressFinder,
): Promise<RequestContext> {
  // Node remembers it from now on, even of a caller who leaves.
  void request.raw.socket.remoteAddress;
  const client = new RequestingClient(request, clientAddress);
  const credential = await services.authentication.authenticate(request.headers.authorization, client);
  return new RequestContext(services, request.id, client, credential, {
    isFromGateway: request.caller === 'gateway',
    subjectToken: request.headers[SUBJECT_TOKEN_HEADER]?.toString(),
  });
}

/** Queries may rest on who the credential was judged for; what is changed is changed for whoever they are by then. */
const readAskersOfMutationsAnew: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue }) {
        if (operation?.operation === OperationTypeNode.MUTATION) contextValue.forget();
      },
    };
  },
};

/** Says in the extensions how many items the viewer was not shown. */
const countFiltered: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        if (response.body.kind !== 'single' || contextValue.filteredCount === 0) return;
        // A refused operation is answered with nothing.
        if (contextValue.refusal !== undefined) return;
        const result = response.body.singleResult;
        result.extensions = { ...result.extensions, authorization: { filtered: contextValue.filteredCount } };
      },
    };
  },
};
