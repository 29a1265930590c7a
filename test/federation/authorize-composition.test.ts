import { readFileSync } from 'node:fs';

import { isObjectType, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';

import { AUTHORIZE_SPEC_URL, authorizeTypeDefs } from '../../src/authorize/index.js';
import { COMPOSERS } from '../support/composers.js';
import { DOCUMENTS_SDL } from '../support/documents-subgraph.js';

const portcullis = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const documents = `${authorizeTypeDefs}\n${DOCUMENTS_SDL}`;
/** A team that guards its own types, and those of another one. */
const notes = `${authorizeTypeDefs}
  extend schema
    @link(
      url: "https://specs.apollo.dev/federation/v2.7"
      import: ["@key", "@composeDirective", "@inaccessible"]
    )
  scalar JSONObject
  type Query { notes: [Note!]! @authorize(action: "listNotes") }
  interface Resource @key(fields: "cedarUid cedarAttributes", resolvable: false) {
    cedarUid: ID! @inaccessible
    cedarAttributes: JSONObject @inaccessible
  }
  type Note implements Resource
    @key(fields: "cedarUid cedarAttributes", resolvable: false)
    @authorize(action: "readNote", resource: "$source.id") {
    cedarUid: ID! @inaccessible
    cedarAttributes: JSONObject @inaccessible
    text: String!
  }
  type Document @key(fields: "id") { id: ID! notes: [Note!]! @authorize(action: "readNotes", onDenied: FILTER) }
`;

/** Where a supergraph has `@authorize`, and with which action. */
function guardsIn(supergraph: string): string[] {
  const found: string[] = [];
  const actionOf = (args: readonly { readonly value: object }[] = []) =>
    args.map(({ value }) => ('value' in value ? String(value.value) : ''))[0];
  visit(parse(supergraph), {
    ObjectTypeDefinition(type) {
      for (const owner of [type, ...(type.fields ?? [])]) {
        const where = owner === type ? type.name.value : `${type.name.value}.${owner.name.value}`;
        for (const { name, arguments: args } of owner.directives ?? []) {
          if (name.value === 'authorize') found.push(`${where}: ${actionOf(args)}`);
        }
      }
    },
  });
  return found.sort();
}

describe.each(Object.entries(COMPOSERS))('with %s', (name, compose) => {
  const composed = compose({ portcullis, documents, notes });

  it('guarded subgraphs compose with Portcullis, whose own @authorize is its own affair', () => {
    expect(composed.remarks).toEqual([]);
    const document = composed.api.getType('Document');
    expect(isObjectType(document) && Object.keys(document.getFields())).toEqual(
      expect.arrayContaining(['id', 'title', 'editable', 'shareable', 'notes']),
    );
  });

  it('the supergraph says what guards what, but for Cosmo, which leaves out directives that it does not know', () => {
    if (name === '@wundergraph/composition') {
      expect(composed.supergraph).not.toContain('@authorize');
      return;
    }
    expect(composed.supergraph).toContain(`url: "${AUTHORIZE_SPEC_URL}", import: ["@authorize"]`);
    expect(guardsIn(composed.supergraph)).toEqual([
      'Document.editable: editDocument',
      'Document.notes: readNotes',
      'Document: readDocument',
      'Mutation.giveAway: shareDocument',
      'Mutation.remove: deleteDocument',
      'Mutation.rename: editDocument',
      'Note: readNote',
      'Query.documents: listDocuments',
      'Query.drafts: listDocuments',
      'Query.notes: listNotes',
      'Query.secrets: readDocument',
    ]);
  });
});

it('a client of a gateway by Apollo sees nothing of the directive', () => {
  const { api } = COMPOSERS['@apollo/composition']!({ portcullis, documents, notes });
  expect(api.getType('authorize__OnDenied')).toBeUndefined();
  expect(api.getDirective('authorize')).toBeUndefined();
});
