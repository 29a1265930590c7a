import { describe, expect, it } from 'vitest';

import { factsOf } from '../../../../src/services/authorization/decision-key.js';
import { createIdentityEntitySource } from '../../../../src/services/authorization/entity-source.js';
import { APPLICATION, roleUid, sessionUid, userUid } from '../../../../src/services/authorization/names.js';
import { uidText, type EntityUid } from '../../../../src/services/authorization/question.js';
import type { SessionRecord } from '../../../../src/services/sessions/session.js';
import type { UserRecord } from '../../../../src/services/users/user-store.js';

const EPOCH = new Date(0);

const user = (id: string): UserRecord => ({
  id,
  userType: 'END_USER',
  email: `${id}@example.com`,
  emailVerified: true,
  phoneNumber: null,
  phoneNumberVerified: false,
  givenName: null,
  familyName: null,
  status: 'CONFIRMED',
  enabled: true,
  createdAt: EPOCH,
  updatedAt: EPOCH,
});

const session = (id: string, userId: string): SessionRecord => ({
  id,
  family: 'family',
  userId,
  userType: 'END_USER',
  createdAt: EPOCH,
  lastSeenAt: EPOCH,
  expiresAt: EPOCH,
  endedAt: null,
  endReason: null,
  ipAddress: null,
  userAgent: null,
  mfaAuthenticated: false,
  suspiciousSince: null,
  cognitoSessionId: null,
});

const ATTRIBUTES = { userType: 'END_USER', enabled: true, status: 'CONFIRMED' };

function setUp() {
  const reads: string[] = [];
  const read =
    <T>(kind: string, find: (id: string) => T) =>
    async (id: string): Promise<T> => {
      reads.push(`${kind} ${id}`);
      if (id === 'broken') throw new Error('The pool does not answer.');
      return find(id);
    };
  const source = createIdentityEntitySource({
    users: { load: read('user', (id) => (id === 'nobody' ? undefined : user(id))) },
    roles: { load: read('roles', (id) => (id === 'ada' ? ['auditor', 'support'] : [])) },
    sessions: { load: read('session', (id) => (id === 's1' ? session(id, 'ada') : undefined)) },
  });
  return { source, reads };
}

describe('createIdentityEntitySource', () => {
  it('knows the attributes and roles of a principal, and the roles themselves', async () => {
    const { source } = setUp();
    const { entities } = await source.load({ principals: [userUid('ada')], others: [APPLICATION] });
    expect(entities).toHaveLength(4);
    expect(entities).toEqual(
      expect.arrayContaining([
        { uid: userUid('ada'), attrs: ATTRIBUTES, parents: [roleUid('auditor'), roleUid('support')] },
        { uid: roleUid('auditor'), attrs: {}, parents: [] },
        { uid: roleUid('support'), attrs: {}, parents: [] },
        { uid: APPLICATION, attrs: {}, parents: [] },
      ]),
    );
  });

  it('reads no roles of people who are only asked about', async () => {
    const { source, reads } = setUp();
    const others = [userUid('bob'), userUid('eve')];
    const { entities } = await source.load({ principals: [], others });
    expect(entities).toContainEqual({ uid: userUid('bob'), attrs: ATTRIBUTES, parents: [] });
    expect(reads.sort()).toEqual(['user bob', 'user eve']);
  });

  it('reads each once, whoever names them how often', async () => {
    const { source, reads } = setUp();
    const ada = userUid('ada');
    const { entities } = await source.load({ principals: [ada, ada], others: [ada, userUid('bob'), ada] });
    expect(reads.sort()).toEqual(['roles ada', 'user ada', 'user bob']);
    expect(new Set(entities.map(({ uid }) => uidText(uid))).size).toBe(entities.length);
  });

  it('goes on from a session to its person', async () => {
    const { source, reads } = setUp();
    const { entities } = await source.load({ principals: [], others: [sessionUid('s1')] });
    expect(entities).toEqual([
      {
        uid: sessionUid('s1'),
        attrs: { user: { __entity: { type: 'Identity::User', id: 'ada' } } },
        parents: [],
      },
      { uid: userUid('ada'), attrs: ATTRIBUTES, parents: [] },
    ]);
    expect(reads).toEqual(['session s1', 'user ada']);
  });

  it('knows the same of a person who asks about their own session as of who only asks', async () => {
    const { source } = setUp();
    const ada = userUid('ada');
    const { entities } = await source.load({ principals: [ada], others: [sessionUid('s1')] });
    expect(entities.find(({ uid }) => uidText(uid) === uidText(ada))?.parents).toEqual([
      roleUid('auditor'),
      roleUid('support'),
    ]);
  });

  it('says who does not exist', async () => {
    const { source } = setUp();
    const { entities, absent } = await source.load({
      principals: [userUid('nobody')],
      others: [sessionUid('gone')],
    });
    expect(entities).toEqual([]);
    expect([...absent].sort()).toEqual([uidText(sessionUid('gone')), uidText(userUid('nobody'))]);
  });

  it('says who could not be read, and reads the others', async () => {
    const { source } = setUp();
    const loaded = await source.load({ principals: [userUid('broken')], others: [userUid('bob')] });
    expect([...loaded.failed.keys()]).toEqual([uidText(userUid('broken'))]);
    expect(loaded.entities.map(({ uid }) => uid.id)).toEqual(['bob']);
  });

  it('knows nothing of other namespaces', async () => {
    const { source } = setUp();
    const document = { type: 'Documents::Document', id: '1' };
    const { entities, absent, failed } = await source.load({ principals: [document], others: [document] });
    expect([entities.length, absent.size, failed.size]).toEqual([0, 0, 0]);
  });

  describe('what is known without reading', () => {
    const knownTo = (
      { memory }: ReturnType<typeof createIdentityEntitySource>,
      ...[principal, resource]: [EntityUid, EntityUid]
    ) => {
      const named = (uid: EntityUid) => ({ uid, text: uidText(uid) });
      return memory?.known(named(principal), named(resource));
    };
    const [ada, bob] = [userUid('ada'), userUid('bob')];

    it('is what was loaded before, each for what it was loaded as', async () => {
      const { source, reads } = setUp();
      expect(knownTo(source, ada, bob)).toBeUndefined();
      await source.load({ principals: [ada], others: [bob, APPLICATION] });
      const before = reads.length;
      const known = knownTo(source, ada, bob);
      const roles = [roleUid('auditor'), roleUid('support')];
      const bare = (uid: EntityUid) => ({ uid, attrs: {}, parents: [] });
      expect(known?.principal).toBe(
        factsOf([{ uid: ada, attrs: ATTRIBUTES, parents: roles }, ...roles.map(bare)]),
      );
      expect(known?.resource).toBe(factsOf([{ uid: bob, attrs: ATTRIBUTES, parents: [] }]));
      expect(knownTo(source, ada, APPLICATION)?.resource).toBe(factsOf([bare(APPLICATION)]));
      expect(knownTo(source, ada, ada)?.resource).toEqual(known?.principal);
      expect(knownTo(source, bob, ada)).toBeUndefined();
      expect(reads).toHaveLength(before);
    });

    it('is who asks, where they were read by other means', async () => {
      const { source, reads } = setUp();
      source.learnPrincipal(user('ada'), ['auditor', 'support']);
      const learned = knownTo(source, ada, APPLICATION);
      expect(learned).toBeDefined();
      const { entities } = await source.load({ principals: [ada], others: [] });
      expect(entities.map(({ uid }) => uid)).toEqual([ada, roleUid('auditor'), roleUid('support')]);
      expect(reads).toEqual([]);
      const read = setUp().source;
      await read.load({ principals: [ada], others: [] });
      expect(learned).toEqual(knownTo(read, ada, APPLICATION));
    });

    it('is awaited of people who were not read yet, and of nothing else', async () => {
      const { source } = setUp();
      const awaits = (...pair: [EntityUid, EntityUid]) => {
        const [principal, resource] = pair.map((uid) => ({ uid, text: uidText(uid) }));
        return principal && resource && source.memory?.awaits(principal, resource);
      };
      const document = { type: 'Documents::Document', id: '1' };
      const service = { type: 'Identity::Service', id: 'orders' };
      expect([awaits(ada, ada), awaits(service, bob), awaits(service, APPLICATION)]).toEqual([
        true,
        true,
        false,
      ]);
      expect([awaits(ada, sessionUid('s1')), awaits(ada, document), awaits(document, ada)]).toEqual([
        false,
        false,
        false,
      ]);
      await source.load({ principals: [ada], others: [bob, userUid('nobody')] });
      expect([awaits(ada, ada), awaits(ada, bob), awaits(ada, userUid('nobody'))]).toEqual([
        false,
        false,
        false,
      ]);
      expect(awaits(bob, ada)).toBe(true);
    });

    it('holds people who were read in a list, and nobody who does not exist, and no sessions', async () => {
      const { source, reads } = setUp();
      await source.load({ principals: [ada], others: [userUid('nobody'), sessionUid('s1')] });
      source.learn({ ...user('bob'), enabled: false });
      expect(knownTo(source, ada, bob)?.resource).toBe(
        factsOf([{ uid: bob, attrs: { ...ATTRIBUTES, enabled: false }, parents: [] }]),
      );
      expect(knownTo(source, ada, userUid('nobody'))).toBeUndefined();
      expect(knownTo(source, ada, sessionUid('s1'))).toBeUndefined();
      const { entities } = await source.load({ principals: [], others: [bob] });
      expect(entities[0]?.attrs).toMatchObject({ enabled: false });
      expect(reads).not.toContain('user bob');
    });
  });
});
