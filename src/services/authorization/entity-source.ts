import type { SessionRecord } from '../sessions/session.js';
import type { UserRecord } from '../users/user-store.js';
import { factsOf } from './decision-key.js';
import { IDENTITY, isIdentityType, roleUid, userUid } from './names.js';
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
  /** Would the two be known once they are read? */
  awaits(principal: NamedEntity, resource: NamedEntity): boolean;
  /**
   * What `load` would say of the two, by `factsOf`, where it need read nothing for that and both exist. Undefined where `load`
   * has to be asked.
   */
  known(
    principal: NamedEntity,
    resource: NamedEntity,
  ): { readonly principal: string; readonly resource: string } | undefined;
}

export interface NamedEntity {
  readonly uid: EntityUid;
  /** By `uidText`. */
  readonly text: string;
}

/** What was found under a name: that, and what it leads to. */
interface Found {
  /** Empty where it does not exist. */
  readonly entities: readonly CedarEntity[];
  /** By `factsOf`. */
  readonly facts: string;
}

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
  /** The same of one who asks. */
  learnPrincipal(user: UserRecord, roles: readonly string[]): void;
}

const USER = `${IDENTITY}::User`;
const SESSION = `${IDENTITY}::Session`;

/**
 * The entities of the Identity namespace, each read once, all that are wanted at the same time. Roles are read of principals
 * alone: of a person who is merely asked about they are unknown, which no policy may rest on. Entities of other namespaces
 * are not the service's to know.
 */
export const createIdentityEntitySource = (loaders: IdentityLoaders): IdentityEntitySource =>
  new IdentityEntities(loaders);

class IdentityEntities implements IdentityEntitySource, EntityMemory {
  readonly #loaders: IdentityLoaders;
  /** What was read before, by `uidText`. */
  readonly #principals = new Map<string, Found>();
  readonly #others = new Map<string, Found>();
  /** People who were read by other means, by their ids. */
  readonly #learned = new Map<string, Found>();

  constructor(loaders: IdentityLoaders) {
    this.#loaders = loaders;
  }

  get memory(): EntityMemory {
    return this;
  }

  learn(user: UserRecord): void {
    this.#learned.set(user.id, new FoundUser(userUid(user.id), user));
  }

  learnPrincipal(user: UserRecord, roles: readonly string[]): void {
    const uid = userUid(user.id);
    this.#principals.set(uidText(uid), foundPrincipal(uid, user, roles));
  }

  async read(demand: EntityDemand): Promise<void> {
    await this.load(demand);
  }

  awaits(who: NamedEntity, what: NamedEntity): boolean {
    if (!isRemembered(who.uid) || !isRemembered(what.uid)) return false;
    const isWhoKnown = this.#knownPrincipal(who.text, who.uid) !== undefined;
    return !isWhoKnown || (who.text !== what.text && this.#knownOther(what.text, what.uid) === undefined);
  }

  known(who: NamedEntity, what: NamedEntity): ReturnType<EntityMemory['known']> {
    const principal = this.#knownPrincipal(who.text, who.uid);
    const resource = who.text === what.text ? principal : this.#knownOther(what.text, what.uid);
    if (!exists(principal) || !exists(resource)) return undefined;
    return { principal: principal.facts, resource: resource.facts };
  }

  async load({ principals, others }: EntityDemand): Promise<LoadedEntities> {
    const principalKeys = new Set(principals.map(uidText));
    const wanted = new Map([...principals, ...others].map((uid) => [uidText(uid), uid]));
    const found = new Map<string, Found>();
    const failed = new Map<string, unknown>();
    const unread: Promise<unknown>[] = [];
    for (const [key, uid] of wanted) {
      if (!isOwn(uid)) continue;
      const before = principalKeys.has(key) ? this.#knownPrincipal(key, uid) : this.#knownOther(key, uid);
      if (before !== undefined) {
        found.set(key, before);
        continue;
      }
      const reading = this.#read(key, uid, principalKeys).then((one) => found.set(key, one));
      unread.push(reading.catch((error: unknown) => failed.set(key, error)));
    }
    if (unread.length > 0) await Promise.all(unread);
    return { ...gathered(found), failed };
  }

  async #read(key: string, uid: EntityUid, principals: ReadonlySet<string>): Promise<Found> {
    const found = await read(uid, principals, this.#loaders);
    if (isRemembered(uid)) (principals.has(key) ? this.#principals : this.#others).set(key, found);
    return found;
  }

  #knownPrincipal(key: string, uid: EntityUid): Found | undefined {
    return uid.type === USER ? this.#principals.get(key) : this.#knownBare(key, uid);
  }

  #knownOther(key: string, uid: EntityUid): Found | undefined {
    if (uid.type === USER) return this.#learned.get(uid.id) ?? this.#others.get(key);
    return this.#knownBare(key, uid);
  }

  /** What there is nothing to read of. */
  #knownBare(key: string, uid: EntityUid): Found | undefined {
    if (!isRemembered(uid)) return undefined;
    const found = this.#others.get(key) ?? foundAlone(bare(uid));
    this.#others.set(key, found);
    return found;
  }
}

function gathered(found: ReadonlyMap<string, Found>): Pick<LoadedEntities, 'entities' | 'absent'> {
  const entities = new Map<string, CedarEntity>();
  const absent = new Set<string>();
  for (const [key, one] of found) {
    if (!exists(one)) absent.add(key);
    for (const entity of one.entities) entities.set(uidText(entity.uid), entity);
  }
  return { entities: [...entities.values()], absent };
}

/** What a session leads to depends on who else is there. */
const isRemembered = (uid: EntityUid): boolean => uid.type !== SESSION && isOwn(uid);

const isOwn = ({ type }: EntityUid): boolean => isIdentityType(type);

async function read(
  uid: EntityUid,
  principals: ReadonlySet<string>,
  loaders: IdentityLoaders,
): Promise<Found> {
  if (uid.type === SESSION) return readSession(uid, principals, loaders);
  if (uid.type !== USER) return foundAlone(bare(uid));
  return principals.has(uidText(uid)) ? readPrincipal(uid, loaders) : readUser(uid, loaders);
}

async function readUser(uid: EntityUid, { users }: IdentityLoaders): Promise<Found> {
  const user = await users.load(uid.id);
  return user === undefined ? NOT_FOUND : new FoundUser(uid, user);
}

async function readPrincipal(uid: EntityUid, { users, roles }: IdentityLoaders): Promise<Found> {
  const [user, names] = await Promise.all([users.load(uid.id), roles.load(uid.id)]);
  return user === undefined ? NOT_FOUND : foundPrincipal(uid, user, names);
}

function foundPrincipal(uid: EntityUid, user: UserRecord, roles: readonly string[]): Found {
  const parents = roles.map(roleUid);
  return foundTogether([{ uid, attrs: attributesOf(user).record, parents }, ...parents.map(bare)]);
}

/** With the person who signed in, so that a policy may ask about them. */
async function readSession(
  uid: EntityUid,
  principals: ReadonlySet<string>,
  loaders: IdentityLoaders,
): Promise<Found> {
  const session = await loaders.sessions.load(uid.id);
  if (session === undefined) return NOT_FOUND;
  const user = userUid(session.userId);
  const owner = await read(user, principals, loaders);
  return foundTogether([
    { uid, attrs: { user: { __entity: { ...user } } }, parents: NO_PARENTS },
    ...owner.entities,
  ]);
}

const NOT_FOUND: Found = { entities: [], facts: factsOf([]) };
const NO_PARENTS: readonly EntityUid[] = [];
const NO_ATTRIBUTES: CedarRecord = {};

const bare = (uid: EntityUid): CedarEntity => ({ uid, attrs: NO_ATTRIBUTES, parents: NO_PARENTS });

const foundTogether = (entities: readonly CedarEntity[]): Found => ({ entities, facts: factsOf(entities) });
const exists = (found: Found | undefined): found is Found => found !== undefined && found !== NOT_FOUND;
const foundAlone = (entity: CedarEntity): Found => foundTogether([entity]);

/** A person who is merely asked about. A list has many of them, and what is remembered of them needs no entity. */
class FoundUser implements Found {
  readonly #uid: EntityUid;
  readonly #attributes: UserAttributes;

  constructor(uid: EntityUid, user: UserRecord) {
    this.#uid = uid;
    this.#attributes = attributesOf(user);
  }

  get entities(): readonly CedarEntity[] {
    return [{ uid: this.#uid, attrs: this.#attributes.record, parents: NO_PARENTS }];
  }

  get facts(): string {
    return this.#attributes.facts;
  }
}

/** What the policies know of a person. */
type UserFacts = Pick<UserRecord, 'userType' | 'enabled' | 'status'>;

interface UserAttributes {
  readonly record: UserFacts & CedarRecord;
  /** What a key says of somebody who has them and no roles. */
  readonly facts: string;
}

/** The same object for people who are alike: there are a few dozen, and what is made of one serves them all. */
const attributes = new Map<string, UserAttributes>();
/** Most people of a list are like the one before. */
let last: UserAttributes | undefined;

function attributesOf({ userType, enabled, status }: UserFacts): UserAttributes {
  const before = last?.record;
  if (last && before?.userType === userType && before.enabled === enabled && before.status === status) {
    return last;
  }
  const key = `${userType} ${enabled} ${status}`;
  last = attributes.get(key) ?? madeAttributes({ userType, enabled, status });
  attributes.set(key, last);
  return last;
}

const madeAttributes = (record: UserAttributes['record']): UserAttributes => ({
  record,
  facts: factsOf([{ uid: userUid(''), attrs: record, parents: NO_PARENTS }]),
});
