import { createYoga } from 'graphql-yoga';

import { listen, type Listening } from '../listen.js';
import type { DocumentRecord } from './document.js';
import { createDocumentsSchema } from './schema.js';

/** Serves the documents subgraph. */
export function startDocuments(documents: readonly DocumentRecord[], port: number): Promise<Listening> {
  const yoga = createYoga({ schema: createDocumentsSchema(documents), graphiql: false, landingPage: false });
  return listen('The documents subgraph', (request, response) => void yoga(request, response), port);
}
