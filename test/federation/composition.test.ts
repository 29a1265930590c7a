import { readFileSync } from 'node:fs';

import { buildSchema, graphql, isObjectType, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';

import { documentsSdl } from '../../examples/supergraph/documents/schema.js';
import { enforceAuthorize } from '../../src/directives/authorize.transformer.js';
import { subgraphParts, subgraphPartsFor } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import { COMPOSERS, type Composed } from '../support/composers.js';

/** What a running Portcullis tells a gateway of itself. */
async function askForSdl(): Promise<string> {
  const { schema } = buildUnguardedSchema(subgraphParts);
  const { data } = await graphql({ schema: enforceAuthorize(schema), source: '{ _service { sdl } }' });
  return (data as unknown as { _service: { sdl: string } })._service.sdl;
}

const portcullis = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const { sdl: withoutResource } = buildUnguardedSchema(subgraphPartsFor({ resourceInterface: false }));
/** Another subgraph that has the interface `Resource`, and entities of its own that implement it. */
const notes = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@inaccessible"])
  scalar JSONObject
  type Query { notes: [Note!]! }
  interface Resource @key(fields: "cedarUid cedarAttributes", resolvable: false) {
    cedarUid: ID! @inaccessible
    cedarAttributes: JSONObject @inaccessible
  }
  type Note implements Resource @key(fields: "cedarUid cedarAttributes", resolvable: false) {
    cedarUid: ID! @inaccessible
    cedarAttributes: JSONObject @inaccessible
    text: String!
  }
`;

describe.each(Object.entries(COMPOSERS))('with %s', (_name, compose) => {
  const fieldsOf = ({ api }: Composed, name: string) => {
    const type = api.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
    return Object.fromEntries(
      Object.entries(type.getFields()).map(([field, { type: of }]) => [field, String(of)]),
    );
  };

  /** Cosmo's leaves the scalars of federation's own directives in the graph, where they are spelled out. */
  const typesOf = ({ api }: Composed) =>
    Object.keys(api.getTypeMap())
      .filter((name) => !name.startsWith('federation__'))
      .sort();

  it('Portcullis composes alone where it contributes to nobody', () => {
    const composed = compose({ portcullis: withoutResource });
    expect(composed.api.getType('Resource')).toBeUndefined();
    expect(composed.remarks).toEqual([]);
    expect(fieldsOf(composed, 'User')).toMatchObject({ id: 'ID!', email: 'EmailAddress' });
    expect(fieldsOf(composed, 'User')).not.toHaveProperty('documents');
    expect(typesOf(composed)).not.toContain('RateLimitKey');
    expect(typesOf(composed)).not.toContain('OnDenied');
  });

  it('what Portcullis says of itself composes like the file', async () => {
    const [asked, read] = [await askForSdl(), portcullis].map((sdl) => compose({ portcullis: sdl, notes }));
    expect(typesOf(asked!)).toEqual(typesOf(read!));
    for (const name of ['Query', 'Mutation', 'User', 'Session']) {
      expect(fieldsOf(asked!, name)).toEqual(fieldsOf(read!, name));
    }
  });

  describe('Portcullis and the documents', () => {
    const composed = compose({ portcullis, documents: documentsSdl });

    it('compose without a remark', () => {
      expect(composed.remarks).toEqual([]);
    });

    it('share people, and each knows its own of them', () => {
      expect(fieldsOf(composed, 'User')).toMatchObject({
        id: 'ID!',
        email: 'EmailAddress',
        sessions: 'SessionConnection',
        can: 'Decision!',
        documents: '[Document!]!',
      });
      expect(fieldsOf(composed, 'Document')).toEqual({
        id: 'ID!',
        title: 'String!',
        text: 'String',
        can: 'Decision',
        owner: 'User!',
        reviewer: 'User',
      });
    });

    it('share decisions about whatever implements Resource, and hide its key', () => {
      const both = compose({ portcullis, documents: documentsSdl, notes });
      expect(both.remarks).toEqual([]);
      expect(fieldsOf(both, 'Note')).toEqual({ text: 'String!', can: 'Decision' });
      const { api } = both;
      expect(api.getType('Resource')?.toString()).toBe('Resource');
      expect(printSchema(api)).not.toMatch(/cedarUid:|cedarAttributes:/);
    });

    it('keep every root field', () => {
      const own = buildSchema(portcullis.slice(portcullis.indexOf('"""')), { assumeValidSDL: true });
      for (const type of [own.getQueryType(), own.getMutationType()]) {
        expect(fieldsOf(composed, String(type))).toMatchObject(
          Object.fromEntries(
            Object.entries(type!.getFields()).map(([name, field]) => [name, String(field.type)]),
          ),
        );
      }
      expect(fieldsOf(composed, 'Query')).toMatchObject({ documents: '[Document!]!', document: 'Document' });
    });

    it('show clients nothing of the federation', () => {
      for (const name of ['_entities', '_service']) {
        expect(fieldsOf(composed, 'Query')).not.toHaveProperty(name);
      }
      for (const name of ['_Any', '_Entity', '_Service', 'join__Graph']) {
        expect(composed.api.getType(name)).toBeUndefined();
      }
    });

    it('show nobody how fields are guarded', () => {
      // The documents have their own guards composed; those of Portcullis stay within it.
      for (const directive of ['public', 'rateLimit']) {
        expect(composed.api.getDirective(directive)).toBeUndefined();
        expect(composed.supergraph).not.toContain(`@${directive}(`);
      }
      for (const action of ['readContact', 'readUser', 'listUsers', 'revokeSession']) {
        expect(composed.supergraph).not.toContain(`action: "${action}"`);
      }
    });
  });

  it('a subgraph that takes a field of people for its own does not compose', () => {
    const grasping = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
      type Query { nobody: User }
      type User @key(fields: "id") { id: ID! email: String }
    `;
    expect(() => compose({ portcullis: withoutResource, grasping })).toThrow(/email/);
  });
});
