import { readFileSync } from 'node:fs';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';

import type { DocumentRecord } from './document.js';

/** The subgraph's schema as composition reads it. */
export const documentsSdl = readFileSync(new URL('documents.graphql', import.meta.url), 'utf8');

/** What names an entity in its own subgraph and in all others (Apollo Federation, `_entities`). */
interface Reference {
  readonly id: string;
}

/** A person, in Cedar's JSON (https://docs.cedarpolicy.com/auth/entities-syntax.html). */
const inCedar = (id: string) => ({ __entity: { type: 'Identity::User', id } });

/** The subgraph of these documents. */
export function createDocumentsSchema(documents: readonly DocumentRecord[]): GraphQLSchema {
  const find = ({ id }: Reference) => documents.find((document) => document.id === id) ?? null;
  // The key is all that the gateway needs to ask Portcullis for the rest.
  const person = (id: string | null): Reference | null => (id === null ? null : { id });
  return buildSubgraphSchema({
    typeDefs: parse(documentsSdl),
    resolvers: {
      Query: {
        documents: () => documents,
        document: (_: unknown, reference: Reference) => find(reference),
      },
      Document: {
        __resolveReference: find,
        cedarUid: ({ id }: DocumentRecord) => `Documents::Document::${JSON.stringify(id)}`,
        cedarAttributes: ({ ownerId, reviewerId }: DocumentRecord) => ({
          owner: inCedar(ownerId),
          ...(reviewerId !== null && { reviewer: inCedar(reviewerId) }),
        }),
        owner: ({ ownerId }: DocumentRecord) => person(ownerId),
        reviewer: ({ reviewerId }: DocumentRecord) => person(reviewerId),
      },
      User: {
        __resolveReference: ({ id }: Reference) => person(id),
        documents: ({ id }: Reference) => documents.filter(({ ownerId }) => ownerId === id),
      },
    },
  });
}
