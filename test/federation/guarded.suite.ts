import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph, type StartGateway } from '../support/supergraph.js';

/** What another subgraph guards by `portcullis/authorize` stays guarded behind a gateway. */
export function guardedSuite(gateway: string, startGateway: StartGateway): void {
  describe(`what the documents guard, asked for through ${gateway},`, () => {
    let app: RunningApp;
    let supergraph: Supergraph;
    let alice: SignedIn;
    let bob: SignedIn;
    beforeAll(async () => {
      app = await RunningApp.start({ GATEWAY_SECRET });
      [alice, bob] = await Promise.all([app.signIn('alice@example.com'), app.signIn('bob@example.com')]);
      supergraph = await Supergraph.start(app, startGateway, [
        { id: '1', title: 'Hers', text: 'By Alice', ownerId: alice.user.id, reviewerId: null },
        { id: '2', title: 'His', text: 'By Bob', ownerId: bob.user.id, reviewerId: null },
      ]);
    });
    afterAll(async () => {
      await supergraph.stop();
      await app.stop();
    });

    it('is shown to whom the policies let see it, in the list of all', async () => {
      const { data, faults } = await supergraph.ask('{ documents { title text } }', {
        token: alice.accessToken,
      });
      expect(data).toEqual({
        documents: [
          { title: 'Hers', text: 'By Alice' },
          { title: 'His', text: null },
        ],
      });
      expect(faults).toEqual(['FORBIDDEN at documents.1.text']);
    });

    it('is shown to nobody who is not signed in', async () => {
      const { data, faults } = await supergraph.ask('{ document(id: "1") { title text } }');
      expect(data).toEqual({ document: { title: 'Hers', text: null } });
      expect(faults).toEqual(['UNAUTHENTICATED at document.text']);
    });

    it('is changed by whom they let change it, and by nobody else', async () => {
      const rename = 'mutation { renameDocument(id: "2", title: "Better") { title text } }';
      const denied = await supergraph.ask(rename, { token: alice.accessToken });
      expect(denied.data).toEqual({ renameDocument: null });
      expect(denied.faults).toEqual(['FORBIDDEN at renameDocument']);
      const { data } = await supergraph.ask(rename, { token: bob.accessToken });
      expect(data).toEqual({ renameDocument: { title: 'Better', text: 'By Bob' } });
    });
  });
}
