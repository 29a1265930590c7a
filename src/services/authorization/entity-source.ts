import type { SessionRecord } from '../sessions/session.js';
import type { UserRecord } from '../users/user-store.js';
import { IDENTITY, roleUid, userUid } from './names.js';
import { uidText, type CedarEntity, type EntityUid } from './question.js';

/** Whom and what a wave of questions names; the same uid may be there more than once. */
export interface EntityDemand {
  readonly principals: readonly EntityUid[];
  readonly resources: readonly EntityUid[];
}

export interface LoadedEntities {
  /** What is known of those asked for, and of what they are in. Each uid once. */
  readonly entities: readonly CedarEntity[];
  /** Who was looked for and does not exist, by `uidText`. */
  readonly absent: ReadonlySet<string>;
  /** Why somebody or something could not be read, by `uidText`: nothing can be decided about them now. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Where the attributes and parents of entities come from. Never rejects. */
export interface EntitySource {
  load(demand: EntityDemand): Promise<LoadedEntities>;
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

const USER = `${IDENTITY}::User`;
const SESSION = `${IDENTITY}::Session`;

/**
 * The entities of the Identity namespace, each read once a call, all at the same time. Roles are read of principals alone: of
 * a person who is merely asked about they are unknown, which no policy may rest on. Entities of other namespaces
 * are not the service's to know.
 */
export function createIdentityEntitySource(loaders: IdentityLoaders): EntitySource {
  return {
    async load({ principals, resources }) {
      const principalKeys = new Set(principals.map(uidText));
      const wanted = new Map([...principals, ...resources].map((uid) => [uidText(uid), uid]));
      const entities = new Map<string, CedarEntity>();
      const absent = new Set<string>();
      const failed = new Map<string, unknown>();
      await Promise.all(
        [...wanted].map(async ([key, uid]) => {
          if (!uid.type.startsWith(`${IDENTITY}::`)) return;
          try {
            const entity = await read(uid, principalKeys.has(key), loaders);
            if (entity === undefined) absent.add(key);
            else for (const one of [entity, ...entity.parents.map(bare)]) entities.set(uidText(one.uid), one);
          } catch (error) {
            failed.set(key, error);
          }
        }),
      );
      return { entities: [...entities.values()], absent, failed };
    },
  };
}

async function read(
  uid: EntityUid,
  isPrincipal: boolean,
  loaders: IdentityLoaders,
): Promise<CedarEntity | undefined> {
  if (uid.type === USER) return isPrincipal ? readPrincipal(uid, loaders) : readUser(uid, loaders);
  return uid.type === SESSION ? readSession(uid, loaders) : bare(uid);
}

async function readUser(uid: EntityUid, { users }: IdentityLoaders): Promise<CedarEntity | undefined> {
  const user = await users.load(uid.id);
  if (user === undefined) return undefined;
  const { userType, enabled, status } = user;
  return { uid, attrs: { userType, enabled, status }, parents: [] };
}

async function readPrincipal(uid: EntityUid, loaders: IdentityLoaders): Promise<CedarEntity | undefined> {
  const [user, roles] = await Promise.all([readUser(uid, loaders), loaders.roles.load(uid.id)]);
  return user && { ...user, parents: roles.map(roleUid) };
}

async function readSession(uid: EntityUid, { sessions }: IdentityLoaders): Promise<CedarEntity | undefined> {
  const session = await sessions.load(uid.id);
  return session && { uid, attrs: { user: { __entity: { ...userUid(session.userId) } } }, parents: [] };
}

const bare = (uid: EntityUid): CedarEntity => ({ uid, attrs: {}, parents: [] });
