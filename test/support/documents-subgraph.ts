import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';

import {
  authorizeApolloPlugin,
  authorizeTypeDefs,
  enforceAuthorize,
  entity,
  useAuthorize,
  type Authorizer,
  type DecisionClient,
  type Facts,
} from '../../src/authorize/index.js';

export interface DocumentRecord {
  readonly id: string;
  readonly title: string;
  readonly ownerId: string;
  readonly reviewerId?: string;
}

export interface DocumentsContext {
  readonly authorization: Authorizer;
}

export const DOCUMENTS_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])

  type Query {
    documents: [Document!]! @authorize(action: "listDocuments")
    drafts: [Document]! @authorize(action: "listDocuments")
    document(id: ID!): Document
    secrets(ids: [ID!]!): [String!]!
      @authorize(action: "readDocument", resource: "$item", resourceType: "Document", onDenied: FILTER)
  }
  type Mutation {
    rename(id: ID!, title: String!): Document
      @authorize(action: "editDocument", resource: "$args.id", resourceType: "Document")
    remove(id: ID!): Boolean
      @authorize(action: "deleteDocument", resource: "$args.id", resourceType: "Document", onDenied: REJECT)
    giveAway(id: ID!, to: ID!): Document
      @authorize(action: "shareDocument", resource: "$args.id", resourceType: "Document")
  }
  type Document @key(fields: "id") @authorize(action: "readDocument") {
    id: ID!
    title: String!
    editable: String @authorize(action: "editDocument")
    shareable: Boolean
  }
`;

/** A subgraph of a team that knows Portcullis by the package alone. */
export class Documents {
  readonly records = new Map<string, DocumentRecord>();
  /** What its mutations have done. */
  readonly done: string[] = [];

  constructor(records: readonly DocumentRecord[]) {
    for (const record of records) this.records.set(record.id, record);
  }

  readonly describe = ({ ownerId, reviewerId }: DocumentRecord): Facts => ({
    owner: entity('Identity::User', ownerId),
    reviewer: reviewerId === undefined ? undefined : entity('Identity::User', reviewerId),
  });

  readonly find = (id: string) => this.records.get(id) ?? null;

  get resources() {
    return { Document: { attributes: this.describe, load: this.find } };
  }

  readonly resolvers = {
    Query: {
      documents: () => [...this.records.values()],
      drafts: async () => [...this.records.values()],
      document: (_: unknown, { id }: { id: string }) => this.find(id),
      secrets: (_: unknown, { ids }: { ids: string[] }) => ids,
    },
    Mutation: {
      rename: (_: unknown, { id, title }: { id: string; title: string }) => {
        this.done.push(`rename ${id}`);
        return this.change(id, { title });
      },
      remove: (_: unknown, { id }: { id: string }) => {
        this.done.push(`remove ${id}`);
        return this.records.delete(id);
      },
      giveAway: (_: unknown, { id, to }: { id: string; to: string }) => {
        this.done.push(`giveAway ${id}`);
        return this.change(id, { ownerId: to });
      },
    },
    Document: {
      __resolveReference: ({ id }: { id: string }) => this.find(id),
      editable: ({ id }: DocumentRecord) => `edit ${id}`,
      shareable: (record: DocumentRecord, _: unknown, { authorization }: DocumentsContext) => {
        const resource = { type: 'Documents::Document', id: record.id };
        return authorization.can('shareDocument', resource, { attributes: this.describe(record) });
      },
    },
  };

  schema(): GraphQLSchema {
    const unguarded = buildSubgraphSchema({
      typeDefs: [parse(authorizeTypeDefs), parse(DOCUMENTS_SDL)],
      resolvers: this.resolvers as never,
    });
    return enforceAuthorize(unguarded, { namespace: 'Documents', resources: this.resources });
  }

  private change(id: string, change: Partial<DocumentRecord>): DocumentRecord | null {
    const record = this.find(id);
    if (record === null) return null;
    const changed = { ...record, ...change };
    this.records.set(id, changed);
    return changed;
  }
}

export interface RunningSubgraph {
  readonly url: string;
  stop(): Promise<unknown>;
}

export async function startYoga(schema: GraphQLSchema, client: DecisionClient): Promise<RunningSubgraph> {
  const yoga = createYoga({ schema, plugins: [useAuthorize(client)], logging: false });
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- It answers by itself.
  const server = createServer(yoga);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function startApollo(schema: GraphQLSchema, client: DecisionClient): Promise<RunningSubgraph> {
  const server = new ApolloServer<DocumentsContext>({
    schema,
    plugins: [authorizeApolloPlugin(), ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ authorization: client.forRequest(req) }),
  });
  return { url, stop: () => server.stop() };
}
