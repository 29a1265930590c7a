import { ApolloServer } from '@apollo/server';
import { expect, it } from 'vitest';

import { locateInShortDocuments } from '../../../src/http/error-locations.js';

const server = new ApolloServer({
  typeDefs: 'type Query { fails: String }',
  resolvers: {
    Query: {
      fails: () => {
        throw new Error('It fails.');
      },
    },
  },
  plugins: [locateInShortDocuments],
});

async function errorsOf(query: string) {
  const { body } = await server.executeOperation({ query });
  if (body.kind !== 'single') throw new Error('An answer in parts.');
  return body.singleResult.errors!.map(({ locations, path }) => ({ locations, path }));
}

it.each(['\n', '\r', '\r\n'])('errors of a document of up to 500 lines say where: %j', async (lineEnd) => {
  const document = (field: string) => `{${lineEnd.repeat(499)}${field} }`;
  const locations = [{ line: 500, column: 1 }];
  expect(await errorsOf(document('fails'))).toEqual([{ locations, path: ['fails'] }]);
  expect(await errorsOf(document('nope'))).toEqual([{ locations, path: undefined }]);
});

it.each(['\n', '\r', '\r\n'])('errors of a longer document say their path alone: %j', async (lineEnd) => {
  const document = (field: string) => `{${lineEnd.repeat(500)}${field} }`;
  expect(await errorsOf(document('fails'))).toEqual([{ locations: undefined, path: ['fails'] }]);
  expect(await errorsOf(document('nope'))).toEqual([{ locations: undefined, path: undefined }]);
  // From the document store.
  expect(await errorsOf(document('fails'))).toEqual([{ locations: undefined, path: ['fails'] }]);
});
