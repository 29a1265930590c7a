import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/** What the documents of one server may take. */
const MAX_BYTES = 32 * 1_048_576;

/** A token, and what is made of it: measured, with graphql-js 16 on Node 20, at 250 to 500. */
const BYTES_A_TOKEN = 500;
const BYTES_A_CHARACTER = 2;
/** Nodes alone, as many bytes as this for each of their JSON. */
const BYTES_OF_JSON = 4;

/**
 * Where an Apollo Server keeps the documents that it found valid, the latest used ones. Its own store goes by the JSON of a
 * document, which says nothing of the text that is kept with it: with blanks and comments, documents of a few bytes fill the
 * memory.
 */
export const createDocumentStore = (maxBytes = MAX_BYTES): InMemoryLRUCache<DocumentNode> =>
  new InMemoryLRUCache<DocumentNode>({ maxSize: maxBytes, sizeCalculation: sizeOfDocument });

/** Roughly the bytes that a document takes, its text and tokens included where it has locations. */
export function sizeOfDocument(document: DocumentNode): number {
  if (document.loc === undefined) return JSON.stringify(document).length * BYTES_OF_JSON;
  const { source, startToken } = document.loc;
  let tokens = 0;
  for (let token = startToken.next; token !== null; token = token.next) tokens += 1;
  return source.body.length * BYTES_A_CHARACTER + tokens * BYTES_A_TOKEN;
}
