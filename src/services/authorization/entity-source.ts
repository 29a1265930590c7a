import type { SessionRecord } from '../sessions/session.js';
import type { UserRecord } from '../users/user-store.js';
import { IDENTITY, roleUid, userUid } from './names.js';
import { uidText, type CedarEntity, type CedarRecord, type EntityUid } from './question.js';

/** Whom and what a wave of questions names; the same uid may be there more than once. */
export interface EntityDemand {
  readonly principals: readonly EntityUid[];
  /** Resources, and whatever else the questions name. */
  readonly others: readonly EntityUid[];
}

export interface LoadedEntities {
  /** What is known of those asked for, and of what they are in. Each uid once. */
  readonly entities: readonly CedarEntity[];
  /** Who was looked for and does not exist, by `uidText`. */
  readonly absent: ReadonlySet<string>;
  /** Why somebody or something could not be read, by `uidText`: nothing can be decided about them now. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Where the attributes and parents of entities come from. */
export interface EntitySource {
  /** Never rejects. */
  load(demand: EntityDemand): Promise<LoadedEntities>;
  /** Of a source that remembers what it has read. */
  readonly memory?: EntityMemory;
}

export interface EntityMemory {
  /** Reads what is then known. Never rejects: who cannot be read is not known. */
  read(demand: EntityDemand): Promise<void>;
  /**
   * What `load` would say of the two, where it need read nothing for that and both exist: each with what it leads to, the
   * same object each time. Undefined where `load` has to be asked.
   */
  known(
    principal: NamedEntity,
    resource: NamedEntity,
  ): { readonly principal: readonly CedarEntity[]; readonly resource: readonly CedarEntity[] } | undefined;
}

export interface NamedEntity {
  readonly uid: EntityUid;
  /** By `uidText`. */
  readonly text: string;
}

/** An entity, and what it leads to; nothing where it does not exist. */
type Found = readonly CedarEntity[];

interface Loader<T> {
  load(id: string): Promise<T>;
}

export interface IdentityLoaders {
  readonly users: Loader<UserRecord | undefined>;
  /** Names of the roles that a person has. */
  readonly roles: Loader<readonly string[]>;
  readonly sessions: Loader<SessionRecord | undefined>;
}

export interface IdentityEntitySource extends EntitySource {
  /** Takes a person for read who was read by other means. */
  learn(user: UserRecord): void;
}

const USER = `${IDENTITY}::User`;
const SESSION = `${IDENTITY}::Session`;

/**
 * The entities of the Identity namespace, each read once a call, all at the same time. Roles are read of principals alone: of
 * a person who is merely asked about they are unknown, which no policy may rest on. Entities of other namespaces
 * are not the service's to know.
 */
export function createIdentityEntitySource(loaders: IdentityLoaders): IdentityEntitySource {
  /** What was read before, of principals and of others. */
  const known = { principal: new Map<string, Found>(), other: new Map<string, Found>() };

  async function load({ principals, others }: EntityDemand): Promise<LoadedEntities> {
    const principalKeys = new Set(principals.map(uidText));
    const wanted = new Map([...principals, ...others].map((uid) => [uidText(uid), uid]));
    const entities = new Map<string, CedarEntity>();
    const absent = new Set<string>();
    const failed = new Map<string, unknown>();
    const take = (key: string, found: Found) => {
      if (found.length === 0) absent.add(key);
      for (const one of found) entities.set(uidText(one.uid), one);
    };
    const unread: Promise<void>[] = [];
    for (const [key, uid] of wanted) {
      if (!isOwn(uid)) continue;
      // What a session leads to depends on who else is there.
      const memory = uid.type === SESSION ? undefined : known[principalKeys.has(key) ? 'principal' : 'other'];
      const before = memory?.get(key);
      if (before !== undefined) {
        take(key, before);
        continue;
      }
      const reading = read(uid, principalKeys, loaders).then((found) => {
        memory?.set(key, found);
        take(key, found);
      });
      unread.push(reading.catch((error: unknown) => void failed.set(key, error)));
    }
    if (unread.length > 0) await Promise.all(unread);
    return { entities: [...entities.values()], absent, failed };
  }

  /** What there is nothing to read of is known from the start. */
  function knownResource({ uid, text }: NamedEntity): Found | undefined {
    const before = known.other.get(text);
    if (before !== undefined || uid.type === USER || uid.type === SESSION || !isOwn(uid)) return before;
    const found = [bare(uid)];
    known.other.set(text, found);
    return found;
  }

  return {
    load,
    learn(user) {
      const uid = userUid(user.id);
      known.other.set(uidText(uid), [entityOf(uid, user)]);
    },
    memory: {
      read: async (demand) => void (await load(demand)),
      known(who, what) {
        const principal = known.principal.get(who.text);
        if (principal === undefined || principal.length === 0) return undefined;
        const resource = who.text === what.text ? principal : knownResource(what);
        return resource === undefined || resource.length === 0 ? undefined : { principal, resource };
      },
    },
  };
}

const isOwn = ({ type }: EntityUid): boolean => type.startsWith(`${IDENTITY}::`);

async function read(
  uid: EntityUid,
  principals: ReadonlySet<string>,
  loaders: IdentityLoaders,
): Promise<Found> {
  if (uid.type === SESSION) return readSession(uid, principals, loaders);
  if (uid.type !== USER) return [bare(uid)];
  return principals.has(uidText(uid)) ? readPrincipal(uid, loaders) : readUser(uid, loaders);
}

async function readUser(uid: EntityUid, { users }: IdentityLoaders): Promise<Found> {
  const user = await users.load(uid.id);
  if (user === undefined) return [];
  return [entityOf(uid, user)];
}

const entityOf = (uid: EntityUid, user: UserRecord): CedarEntity => ({
  uid,
  attrs: attributesOf(user),
  parents: NO_PARENTS,
});

const NO_PARENTS: readonly EntityUid[] = [];

/** The same object for people who are alike: there are a few dozen, and what is made of one serves them all. */
const attributes = new Map<string, CedarRecord>();

function attributesOf({ userType, enabled, status }: UserRecord): CedarRecord {
  const key = `${userType} ${enabled} ${status}`;
  const known = attributes.get(key) ?? { userType, enabled, status };
  attributes.set(key, known);
  return known;
}

async function readPrincipal(uid: EntityUid, loaders: IdentityLoaders): Promise<Found> {
  const [[user], roles] = await Promise.all([readUser(uid, loaders), loaders.roles.load(uid.id)]);
  if (user === undefined) return [];
  const parents = roles.map(roleUid);
  return [{ ...user, parents }, ...parents.map(bare)];
}

/** With the person who signed in, so that a policy may ask about them. */
async function readSession(
  uid: EntityUid,
  principals: ReadonlySet<string>,
  loaders: IdentityLoaders,
): Promise<Found> {
  const session = await loaders.sessions.load(uid.id);
  if (session === undefined) return [];
  const user = userUid(session.userId);
  const owner = await read(user, principals, loaders);
  return [{ uid, attrs: { user: { __entity: { ...user } } }, parents: [] }, ...owner];
}

const NO_ATTRIBUTES: CedarRecord = {};

const bare = (uid: EntityUid): CedarEntity => ({ uid, attrs: NO_ATTRIBUTES, parents: NO_PARENTS });
