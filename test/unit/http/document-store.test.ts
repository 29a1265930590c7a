import { parse } from 'graphql';
import { expect, it } from 'vitest';

import { createDocumentStore, sizeOfDocument } from '../../../src/http/document-store.js';

const MAX_BYTES = 1_000_000;

/** Documents of one field each, with a comment of so many characters. */
const commented = (characters: number, count: number) =>
  Array.from({ length: count }, (_, index) => parse(`{ __typename } # ${index} ${','.repeat(characters)}`));

async function kept(documents: readonly ReturnType<typeof parse>[]): Promise<number> {
  const store = createDocumentStore(MAX_BYTES);
  for (const [index, document] of documents.entries()) await store.set(String(index), document);
  return store.keys().length;
}

it('keeps the documents that are used', async () => {
  expect(await kept(commented(10, 100))).toBe(100);
});

it('counts the text of a document, blanks and comments included', async () => {
  expect(await kept(commented(100_000, 100))).toBeLessThanOrEqual(5);
  expect(await kept(commented(MAX_BYTES, 3))).toBe(0);
});

it('counts tokens, which take more than their text', async () => {
  const long = Array.from({ length: 50 }, (_, index) => parse(`{ ${'a '.repeat(500 + index)}}`));
  expect(await kept(long)).toBeLessThanOrEqual(4);
});

it('counts the nodes of a document without locations', () => {
  const text = `{ ${'a '.repeat(1_000)}}`;
  expect(sizeOfDocument(parse(text, { noLocation: true }))).toBeGreaterThan(100 * 1_000);
});
