import { readFileSync } from 'node:fs';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { authorizeTypeDefs, enforceAuthorize, entity } from 'portcullis/authorize';

import type { DocumentRecord } from './document.js';

const documentsFile = new URL('documents.graphql', import.meta.url);

/** The subgraph's schema as composition reads it. */
export const documentsSdl = `${authorizeTypeDefs}\n${readFileSync(documentsFile, 'utf8')}`;

/** What names an entity in its own subgraph and in all others (Apollo Federation, `_entities`). */
interface Reference {
  readonly id: string;
}

/** What the policies are to know of a document. */
const inCedar = ({ ownerId, reviewerId }: DocumentRecord) => ({
  owner: entity('Identity::User', ownerId),
  ...(reviewerId !== null && { reviewer: entity('Identity::User', reviewerId) }),
});

/** The subgraph of these documents. */
export function createDocumentsSchema(initial: readonly DocumentRecord[]): GraphQLSchema {
  const documents = new Map(initial.map((document) => [document.id, document]));
  const find = (id: string) => documents.get(id) ?? null;
  // The key is all that the gateway needs to ask Portcullis for the rest.
  const person = (id: string | null): Reference | null => (id === null ? null : { id });
  const unguarded = buildSubgraphSchema({
    typeDefs: parse(documentsSdl),
    resolvers: {
      Query: {
        documents: () => [...documents.values()],
        document: (_: unknown, { id }: Reference) => find(id),
      },
      Mutation: {
        renameDocument: (_: unknown, { id, title }: { id: string; title: string }) => {
          const document = find(id);
          if (document !== null) documents.set(id, { ...document, title });
          return find(id);
        },
      },
      Document: {
        __resolveReference: ({ id }: Reference) => find(id),
        cedarUid: ({ id }: DocumentRecord) => `Documents::Document::${JSON.stringify(id)}`,
        cedarAttributes: inCedar,
        owner: ({ ownerId }: DocumentRecord) => person(ownerId),
        reviewer: ({ reviewerId }: DocumentRecord) => person(reviewerId),
      },
      User: {
        __resolveReference: ({ id }: Reference) => person(id),
        documents: ({ id }: Reference) => [...documents.values()].filter(({ ownerId }) => ownerId === id),
      },
    },
  });
  return enforceAuthorize(unguarded, {
    namespace: 'Documents',
    resources: { Document: { attributes: inCedar, load: find } },
  });
}
