import { badUserInput, notFound, PortcullisError } from '../../errors.js';
import { throughAllSteps, unspreadBy, UnspreadChangeError } from '../cache/unspread-change.js';
import type { Clock } from '../clock.js';
import type { Db } from '../database/database.js';
import { withLease } from '../database/lease.js';
import type { Logger } from '../logger.js';
import type { PasswordRules } from '../passwords/password-rules.js';
import type { Randomness } from '../randomness.js';
import type { PromisedEndings } from '../sessions/promised-endings.js';
import type { SessionEndReason, SessionStore } from '../sessions/session.js';
import {
  ADMINISTRATOR_ROLE,
  ADMINISTRATORS_LEASE,
  requireAnotherAdministrator,
} from './last-administrator.js';
import type { RoleChanges } from './role-changes.js';
import type { Invitation, NewUser, UserChanges, UserRecord, UserStore, UserType } from './user-store.js';

export interface UserCreation extends NewUser {
  readonly roles: readonly string[];
}

export interface UserUpdate extends UserChanges {
  /** Exactly the changes that were authorized; see `roleChanges`. */
  readonly roles?: RoleChanges;
}

/**
 * What administrators do to accounts. Who may do it has been decided before; what nobody may do is refused here. Each
 * operation can be repeated when it failed halfway. NOT_FOUND where there is no such person, CONFLICT for the last
 * administrator, UnspreadChangeError once all is done that could not be made known to other instances.
 */
export interface UserAdministration {
  /** BAD_USER_INPUT for an unknown role, PASSWORD_POLICY for the temporary password; CONFLICT where the address is taken. An account that lacks its roles is not left. */
  createUser(creation: UserCreation): Promise<UserRecord>;
  /** Another temporary password, for who has not chosen their own. CONFLICT for others, PASSWORD_POLICY as above. */
  resendInvitation(invitation: Invitation): Promise<UserRecord>;
  updateUser(id: string, update: UserUpdate): Promise<UserRecord>;
  enableUser(id: string): Promise<UserRecord>;
  /** All sessions of the person have ended when it returns. */
  disableUser(id: string): Promise<UserRecord>;
  /** Takes all second factors from an account, for a lost telephone. All sessions of the person have ended when it returns. */
  resetUserMfa(id: string): Promise<UserRecord>;
  /** Ends all sessions of a person, and what Cognito would refresh of them. Says how many there were. */
  revokeSessions(id: string): Promise<number>;
  /**
   * Takes the password from an account, and mails a code for another one. All sessions of the person have ended when it
   * returns. CONFLICT where no code can go, with `details.reason`: DISABLED, INVITED, UNCONFIRMED, or NO_VERIFIED_CONTACT.
   */
  resetUserPassword(id: string): Promise<UserRecord>;
  /** For good. All sessions of the person have ended when it returns. */
  deleteUser(id: string): Promise<void>;
}

export interface UserAdministrationDependencies {
  readonly users: UserStore;
  readonly sessions: Pick<SessionStore, 'endAllOf'>;
  readonly endings: Pick<PromisedEndings, 'before'>;
  readonly passwordRules: PasswordRules;
  readonly db: Db;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** A change takes a few calls of Cognito; each of them may be slow and tried again. */
const LEASE_MS = 60_000;

export function createUserAdministration(dependencies: UserAdministrationDependencies): UserAdministration {
  const { users, sessions, endings, passwordRules, db, clock, randomness, logger } = dependencies;
  const lease = { name: ADMINISTRATORS_LEASE, ttlMs: LEASE_MS, clock, randomness };

  const requirePerson = async (id: string): Promise<UserRecord> => {
    const person = await users.findFresh(id);
    if (person === undefined) throw notFound('The user');
    return person;
  };

  /** Does to an account what may leave the service without administrators. */
  const guarded = async <Result>(id: string, work: () => Promise<Result>): Promise<Result> => {
    const { userType } = await requirePerson(id);
    if (userType !== 'ADMIN') return work();
    return withLease(db, lease, async (held) => {
      await requireAnotherAdministrator(users, await requirePerson(id));
      await held.renew();
      return work();
    });
  };

  /** Cognito refuses several states alike; which one it is helps who asked. */
  const sayingWhy =
    (id: string) =>
    async (error: unknown): Promise<never> => {
      if (!(error instanceof PortcullisError && error.code === 'CONFLICT')) throw error;
      throw resetRefused(await requirePerson(id), error);
    };

  const requireRoles = async (userType: UserType, roles: readonly string[]): Promise<void> => {
    for (const role of roles) {
      if (await users.roleExists(userType, role)) continue;
      throw badUserInput(`There is no role ${JSON.stringify(role)} for this kind of user.`, {
        argument: 'roles',
        role,
      });
    }
  };

  /** The same invitation; a temporary password that somebody chose is judged as any other. */
  const acceptable = async ({ userType, email, temporaryPassword }: Invitation): Promise<Invitation> => ({
    userType,
    email,
    temporaryPassword: temporaryPassword
      ? await passwordRules.requireAcceptable(temporaryPassword, userType, 'temporaryPassword')
      : null,
  });

  /** Takes back a creation that did not come to its end. */
  const undoCreation = async (id: string): Promise<void> => {
    try {
      await users.delete(id);
    } catch (error) {
      logger.error({ err: error, user: id }, 'An account was left behind without its roles.');
    }
  };

  const deleteUnlessGone = async (id: string): Promise<void> => {
    try {
      await users.delete(id);
    } catch (error) {
      if (!(error instanceof PortcullisError && error.code === 'NOT_FOUND')) throw error;
    }
  };

  /** Makes a change and then ends all sessions of the person, also where the change could not be made known everywhere. */
  const ending = async (
    userId: string,
    reason: SessionEndReason,
    change: () => Promise<unknown>,
    ...after: readonly (() => Promise<unknown>)[]
  ): Promise<void> => {
    // PostgreSQL keeps no text with a NUL, and nobody has such an id.
    if (userId.includes('\0')) throw notFound('The user');
    const { result: unspread, end } = await endings.before({ userId, reason }, () => unspreadBy(change));
    await throughAllSteps(
      async () => {
        if (unspread) throw unspread;
      },
      end,
      ...after,
    );
  };

  /** What Cognito still refreshes has no session here, so that nobody can use it. */
  const signOutAtCognito = async (id: string): Promise<void> => {
    try {
      await users.signOutEverywhere(id);
    } catch (error) {
      logger.error({ err: error, user: id }, 'Refresh tokens were not ended at Cognito.');
    }
  };

  return {
    async createUser({ roles, ...person }) {
      const wanted = [...new Set(roles)];
      const invitation = await acceptable(person);
      await requireRoles(person.userType, wanted);
      const created = await users.create({ ...person, ...invitation });
      try {
        await throughAllSteps(...wanted.map((role) => () => users.grantRole(created.id, role)));
      } catch (error) {
        // Nobody goes by anything older than an account that was just made.
        if (error instanceof UnspreadChangeError) return created;
        await undoCreation(created.id);
        throw error;
      }
      return created;
    },

    async resendInvitation(invitation) {
      const person = await users.reinvite(await acceptable(invitation));
      // A sign-in that the password before began is not to choose the one that stays.
      await sessions.endAllOf(person.id, 'PASSWORD_CHANGED');
      return person;
    },

    async updateUser(id, { roles = { granted: [], withdrawn: [] }, ...changes }) {
      const person = await requirePerson(id);
      await requireRoles(person.userType, roles.granted);
      const apply = () =>
        throughAllSteps(
          () => users.update(id, changes),
          ...roles.granted.map((role) => () => users.grantRole(id, role)),
          ...roles.withdrawn.map((role) => () => users.withdrawRole(id, role)),
        );
      await (roles.withdrawn.includes(ADMINISTRATOR_ROLE) ? guarded(id, apply) : apply());
      return requirePerson(id);
    },

    async enableUser(id) {
      const person = await requirePerson(id);
      // Those that a disabling left which did not come to its end.
      if (!person.enabled) await sessions.endAllOf(id, 'USER_DISABLED');
      await users.enable(id);
      return requirePerson(id);
    },

    async disableUser(id) {
      await ending(id, 'USER_DISABLED', () => guarded(id, () => users.disable(id)));
      return requirePerson(id);
    },

    async resetUserMfa(id) {
      await requirePerson(id);
      await ending(
        id,
        'REVOKED',
        () => users.changeMfa(id, () => ({ enabled: [], preferred: null })),
        () => signOutAtCognito(id),
      );
      return requirePerson(id);
    },

    async revokeSessions(id) {
      await requirePerson(id);
      let ended = 0;
      await throughAllSteps(
        async () => void (ended = await sessions.endAllOf(id, 'REVOKED')),
        () => signOutAtCognito(id),
      );
      return ended;
    },

    async resetUserPassword(id) {
      await ending(
        id,
        // The password by which they were let in is gone, as when its owner replaces it.
        'PASSWORD_CHANGED',
        () => guarded(id, () => users.requirePasswordReset(id).catch(sayingWhy(id))),
        () => signOutAtCognito(id),
      );
      return requirePerson(id);
    },

    async deleteUser(id) {
      // Disabled first, so that nobody signs in between the end of the sessions and that of the account.
      await ending(
        id,
        'USER_DELETED',
        () => guarded(id, () => users.disable(id)),
        () => deleteUnlessGone(id),
      );
    },
  };
}

function resetRefused({ enabled, status }: UserRecord, cause: PortcullisError): PortcullisError {
  const [reason, message] = !enabled
    ? ['DISABLED', 'The account is disabled.']
    : status === 'FORCE_CHANGE_PASSWORD'
      ? [
          'INVITED',
          'The account has a temporary password: createUser with resendInvitation sends another one.',
        ]
      : status === 'UNCONFIRMED'
        ? ['UNCONFIRMED', 'The account has not been confirmed yet.']
        : ['NO_VERIFIED_CONTACT', 'The account has no verified address to which a code could go.'];
  return new PortcullisError('CONFLICT', message, { cause, details: { reason } });
}
