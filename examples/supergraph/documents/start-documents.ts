import { createYoga } from 'graphql-yoga';
import { useAuthorize, type DecisionClient } from 'portcullis/authorize';

import { listen, type Listening } from '../listen.js';
import type { DocumentRecord } from './document.js';
import { createDocumentsSchema } from './schema.js';

/** Serves the documents subgraph, which has Portcullis decide who may do what. */
export function startDocuments(
  documents: readonly DocumentRecord[],
  decisions: DecisionClient,
  port: number,
): Promise<Listening> {
  const yoga = createYoga({
    schema: createDocumentsSchema(documents),
    plugins: [useAuthorize(decisions)],
    graphiql: false,
    landingPage: false,
  });
  return listen('The documents subgraph', (request, response) => void yoga(request, response), port);
}
