import { readFileSync } from 'node:fs';

import type { CodegenConfig } from '@graphql-codegen/cli';
import { transformSupergraphToPublicSchema } from '@theguild/federation-composition';
import { parse, print } from 'graphql';

import { composeSupergraph } from './examples/supergraph/compose.js';
import { documentsSdl } from './examples/supergraph/documents/schema.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What clients of the example's gateway see. */
const supergraph = composeSupergraph([
  { name: 'portcullis', url: '', sdl: read('schema.graphql') },
  { name: 'documents', url: '', sdl: documentsSdl },
]);

const typedOperations = {
  plugins: ['typescript', 'typescript-operations', 'typed-document-node'],
  config: {
    documentMode: 'string',
    strictScalars: true,
    scalars: {
      DateTime: 'string',
      EmailAddress: 'string',
      JSONObject: 'Record<string, unknown>',
      PhoneNumber: 'string',
    },
    // A field that was asked for is there.
    avoidOptionals: { field: true },
    enumsAsTypes: true,
    onlyOperationTypes: true,
    skipTypename: true,
    useTypeImports: true,
  },
};

/** Operations with the types of their variables and answers: `npm run codegen` writes them. */
const config: CodegenConfig = {
  generates: {
    'test/operations/generated.ts': {
      ...typedOperations,
      schema: 'schema.graphql',
      documents: 'test/operations/*.graphql',
    },
    'examples/web/src/operations/generated.ts': {
      ...typedOperations,
      schema: 'schema.graphql',
      documents: 'examples/web/src/operations/*.graphql',
    },
    'examples/supergraph/operations/generated.ts': {
      ...typedOperations,
      schema: print(transformSupergraphToPublicSchema(parse(supergraph))),
      documents: 'examples/supergraph/operations/*.graphql',
    },
  },
};

export default config;
