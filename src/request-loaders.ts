import DataLoader from 'dataloader';

import type { ReadViewer } from './services/authentication/viewer.js';
import type { IdentityLoaders } from './services/authorization/entity-source.js';
import type { Services } from './services/index.js';
import type { SessionRecord } from './services/sessions/session.js';
import type { UserRecord } from './services/users/user-store.js';

type Users = DataLoader<string, UserRecord | undefined>;
type Roles = DataLoader<string, readonly string[]>;
type Sessions = DataLoader<string, SessionRecord | undefined>;

/** Reads of one request, each thing read once. Most requests need few of them, so each is made when it is asked for. */
export class RequestLoaders implements IdentityLoaders {
  readonly #services: Services;
  readonly #known: ReadonlyMap<string, UserRecord>;
  readonly #asker: ReadViewer | undefined;
  #users: Users | undefined;
  #roles: Roles | undefined;
  #sessions: Sessions | undefined;

  /**
   * @param known people who need not be read, by their ids; more may come
   * @param asker who asks, and whose roles are read already
   */
  constructor(services: Services, known: ReadonlyMap<string, UserRecord>, asker: ReadViewer | undefined) {
    this.#services = services;
    this.#known = known;
    this.#asker = asker;
  }

  get users(): Users {
    return (this.#users ??= new DataLoader((ids) => this.#readUsers(ids)));
  }

  /** Names of the roles of people. */
  get roles(): Roles {
    return (this.#roles ??= this.#loaderOfRoles());
  }

  get sessions(): Sessions {
    return (this.#sessions ??= new DataLoader((ids) => this.#services.sessions.findMany(ids)));
  }

  #loaderOfRoles(): Roles {
    const roles: Roles = new DataLoader((ids) => this.#services.users.rolesOfMany(ids));
    return this.#asker ? roles.prime(this.#asker.person.id, this.#asker.rolesToCome) : roles;
  }

  async #readUsers(ids: readonly string[]): Promise<(UserRecord | undefined | Error)[]> {
    const unknown = ids.filter((id) => !this.#known.has(id));
    const read = unknown.length > 0 ? await this.#services.users.findMany(unknown) : [];
    const found = new Map(unknown.map((id, index) => [id, read[index]]));
    return ids.map((id) => this.#known.get(id) ?? found.get(id));
  }
}
