import { readFile } from 'node:fs/promises';

import { ApolloGateway } from '@apollo/gateway';
import { expect, it } from 'vitest';

import { composeSupergraph } from '../../examples/supergraph/compose.js';
import { documentsSdl } from '../../examples/supergraph/documents/schema.js';
import { startApolloGateway } from '../support/apollo-gateway.js';
import { entitiesSuite } from './entities.suite.js';
import { guardedSuite } from './guarded.suite.js';
import { identitySuite } from './identity.suite.js';
import { resourcesSuite } from './resources.suite.js';

const name = '@apollo/gateway';

entitiesSuite(name, startApolloGateway);
resourcesSuite(name, startApolloGateway);
guardedSuite(name, startApolloGateway);
identitySuite({ name, start: startApolloGateway, withoutNonNull: 'nothing' });

it('does not start with what routers are told: it could not enforce it', async () => {
  const sdl = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  const supergraphSdl = composeSupergraph([
    { name: 'portcullis', url: 'http://portcullis.example', sdl },
    { name: 'documents', url: 'http://documents.example', sdl: documentsSdl },
  ]);
  await expect(new ApolloGateway({ supergraphSdl }).load()).rejects.toThrow(
    /policy\/v0\.1.*(unsupported|support)/s,
  );
});
