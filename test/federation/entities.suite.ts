import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { DocumentRecord } from '../../examples/supergraph/documents/document.js';
import { DocumentsWithOwnersDocument } from '../../examples/supergraph/operations/generated.js';
import { FakeClock } from '../support/fake-clock.js';
import { makePeople } from '../support/people.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import { GATEWAY_SECRET, Supergraph, type StartGateway } from '../support/supergraph.js';

const PEOPLE = 50;

/** What it costs to put the people of another subgraph's answer together. */
export function entitiesSuite(gateway: string, startGateway: StartGateway): void {
  describe(`50 owners of 150 documents, asked for through ${gateway},`, () => {
    const clock = new FakeClock();
    let app: RunningApp;
    let supergraph: Supergraph;
    let owners: readonly string[];
    let admin: SignedIn;
    /** Whom Cognito's AdminGetUser was asked for. */
    let reads: string[] = [];

    beforeAll(async () => {
      app = await RunningApp.start({ GATEWAY_SECRET }, { clock });
      owners = [...(await makePeople(app, PEOPLE))].sort();
      // Whoever has been on a list once is known to live in its pool, and is looked for in no other.
      const { accessToken } = await app.signIn('admin@example.com');
      await app.ask('{ users(first: 100) { nodes { id } } }', { token: accessToken });
      supergraph = await Supergraph.start(app, startGateway, documentsOf(owners));
      app.app.embedded!.cognito.middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            const { Username } = args.input as { Username?: string };
            if (commandName === 'AdminGetUserCommand' && Username !== undefined) reads.push(Username);
            return next(args);
          },
        { step: 'initialize' },
      );
    });
    afterAll(async () => {
      await supergraph.stop();
      await app.stop();
    });
    beforeEach(async () => {
      // Nobody whom an earlier test has read is remembered.
      clock.advance(60_000);
      admin = await app.signIn('admin@example.com');
      reads = [];
      supergraph.portcullis.requests.length = 0;
    });

    const askForOwners = () => supergraph.ask(DocumentsWithOwnersDocument, { token: admin.accessToken });
    /** One for each read, the signed-in administrator's own aside. */
    const readsOfOwners = () => reads.filter((id) => id !== admin.user.id).sort();

    it('are one request, and one read each', async () => {
      const { data, errors } = await askForOwners();
      expect(errors).toEqual([]);
      expect(data?.documents.map(({ owner }) => owner.id)).toEqual(
        documentsOf(owners).map(({ ownerId }) => ownerId),
      );
      const queries = supergraph.portcullis.requests.map(({ query }) => query);
      expect(queries).toEqual([expect.stringContaining('_entities(')]);
      expect(readsOfOwners()).toEqual(owners);
    });

    it('are read once by two who ask at the same time', async () => {
      await Promise.all([askForOwners(), askForOwners()]);
      expect(readsOfOwners()).toEqual(owners);
    });

    it('are not read again within 30 seconds', async () => {
      await askForOwners();
      reads = [];
      clock.advance(29_999);
      expect((await askForOwners()).errors).toEqual([]);
      expect(reads).toEqual([]);
      clock.advance(1);
      await askForOwners();
      expect(readsOfOwners()).toEqual(owners);
    });

    it('are not read again when one of them was changed: that one alone is', async () => {
      await askForOwners();
      reads = [];
      const [changed] = owners;
      const { faults } = await supergraph.ask(
        'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id } }',
        { token: admin.accessToken, variables: { input: { id: changed, givenName: 'Renamed' } } },
      );
      expect(faults).toEqual([]);
      const { data } = await askForOwners();
      const names = data?.documents.map(({ owner }) => owner.name);
      expect(names?.filter((name) => name === 'Renamed')).toHaveLength(3);
      expect(new Set(readsOfOwners())).toEqual(new Set([changed]));
    });
  });
}

/** Three documents of each person, no two in a row. */
const documentsOf = (people: readonly string[]): readonly DocumentRecord[] =>
  [1, 2, 3].flatMap((part) =>
    people.map((ownerId) => ({
      id: `${ownerId}-${part}`,
      title: `Part ${part}`,
      ownerId,
      reviewerId: null,
    })),
  );
