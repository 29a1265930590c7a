import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { DocumentRecord } from '../../examples/supergraph/documents/document.js';
import {
  DocumentsWithDecisionsDocument,
  type DocumentsWithDecisionsQuery,
} from '../../examples/supergraph/operations/generated.js';
import { countEngineCalls } from '../support/engine-calls.js';
import { makePeople } from '../support/people.js';
import { RunningApp } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph, type StartGateway } from '../support/supergraph.js';

type DecidedDocument = DocumentsWithDecisionsQuery['documents'][number];

/** What people may do to the entities of another subgraph. */
export function resourcesSuite(gateway: string, startGateway: StartGateway): void {
  describe(`documents and what may be done to them, asked for through ${gateway},`, () => {
    let app: RunningApp;
    let supergraph: Supergraph;
    let calls: ReturnType<typeof countEngineCalls>;
    let alice: { id: string; token: string };
    let bob: { id: string; token: string };

    beforeAll(async () => {
      app = await RunningApp.start({ GATEWAY_SECRET });
      [alice, bob] = await Promise.all([signIn('alice@example.com'), signIn('bob@example.com')]);
      const others = await makePeople(app, 8);
      supergraph = await Supergraph.start(app, startGateway, [
        document('1', alice.id, bob.id),
        document('2', bob.id, null),
        document('3', bob.id, alice.id),
        ...others.map((id, index) => document(`of-others-${index}`, id, null)),
      ]);
      calls = countEngineCalls(app.app.embedded!.verifiedPermissions);
    });
    afterAll(async () => {
      await supergraph.stop();
      await app.stop();
    });
    beforeEach(() => {
      calls.length = 0;
      supergraph.portcullis.requests.length = 0;
    });

    async function signIn(email: string) {
      const { user, accessToken } = await app.signIn(email);
      return { id: user.id, token: accessToken };
    }

    const allowedTo = ({ edit, share, delete: removal }: DecidedDocument) => ({
      edit: edit?.allowed,
      share: share?.allowed,
      delete: removal?.allowed,
    });

    it('are one request for all decisions, in as few calls as there can be', async () => {
      const { data, errors } = await supergraph.ask(DocumentsWithDecisionsDocument, { token: alice.token });
      expect(errors.map(({ path }) => path?.at(-1))).not.toContain('edit');
      const byId = new Map(data?.documents.map((found) => [found.id, allowedTo(found)]));
      // By owner, by reviewer and by nobody's leave; no one deletes without a second factor.
      expect(byId.get('1')).toEqual({ edit: true, share: true, delete: false });
      expect(byId.get('2')).toEqual({ edit: false, share: false, delete: false });
      expect(byId.get('3')).toEqual({ edit: true, share: false, delete: false });
      expect(byId.size).toBe(11);
      const deciding = supergraph.portcullis.requests.filter(({ query }) => query.includes('can('));
      expect(deciding).toHaveLength(1);
      const ofDocuments = calls.filter(({ actions }) => actions.some((id) => id.endsWith('Document')));
      // 33 questions of one principal, and the guards of the owners beside them.
      expect(
        ofDocuments.flatMap(({ actions }) => actions).filter((id) => id.endsWith('Document')),
      ).toHaveLength(33);
      expect(ofDocuments).toHaveLength(2);
    });

    it('are decided for whoever asks', async () => {
      const { data } = await supergraph.ask(DocumentsWithDecisionsDocument, { token: bob.token });
      const [first, second] = (data?.documents ?? []).map(allowedTo);
      expect(first).toEqual({ edit: true, share: false, delete: false });
      expect(second).toEqual({ edit: true, share: true, delete: false });
    });

    it('say why not', async () => {
      const { data } = await supergraph.ask<{ document: { can: { reason: string; resource: unknown } } }>(
        '{ document(id: "1") { can(action: "deleteDocument") { reason resource { type id } } } }',
        { token: alice.token },
      );
      expect(data.document.can).toEqual({
        reason: 'FORBIDDEN',
        resource: { type: 'Documents::Document', id: '1' },
      });
    });

    it('are denied for an action that is not for them', async () => {
      const { data } = await supergraph.ask<{ document: Record<string, { reason: string }> }>(
        '{ document(id: "1") { a: can(action: "disableUser") { reason } b: can(action: "Identity::readUser") { reason } } }',
        { token: alice.token },
      );
      expect(data.document).toEqual({ a: { reason: 'INVALID' }, b: { reason: 'INVALID' } });
    });

    it('show who is not signed in the documents, and no decision', async () => {
      const { data, faults } = await supergraph.ask<{ documents: { title: string; can: null }[] }>(
        '{ documents { title can(action: "editDocument") { allowed } } }',
      );
      expect(data.documents).toHaveLength(11);
      expect(data.documents.every(({ title, can }) => title !== '' && can === null)).toBe(true);
      expect(faults[0]).toMatch(/^UNAUTHENTICATED at documents/);
    });

    it('take two lists of one operation to the engine together', async () => {
      const { data, errors } = await supergraph.ask<Record<'a' | 'b', { can: { allowed: boolean } }[]>>(
        `{
          a: documents { can(action: "shareDocument", fresh: true) { allowed } }
          b: documents { can(action: "editDocument", fresh: true) { allowed } }
        }`,
        { token: alice.token },
      );
      expect(errors).toEqual([]);
      expect(data.a.filter(({ can }) => can.allowed)).toHaveLength(1);
      expect(data.b.filter(({ can }) => can.allowed)).toHaveLength(2);
      const asked = calls.flatMap(({ actions }) => actions);
      expect(asked).toHaveLength(22);
      // One for each path of the operation where the gateway asks for each of them by itself.
      expect(calls.length).toBe(
        supergraph.portcullis.requests.filter(({ query }) => query.includes('can(')).length,
      );
    });
  });
}

const document = (id: string, ownerId: string, reviewerId: string | null): DocumentRecord => ({
  id,
  title: `Document ${id}`,
  ownerId,
  reviewerId,
});
