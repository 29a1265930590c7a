import type { AttributeType, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import { notFound, PortcullisError } from '../../errors.js';
import type { Cache } from '../cache/cache.js';
import { createReadThrough } from '../cache/read-through.js';
import { UnspreadChangeError } from '../cache/unspread-change.js';
import { createCognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPools } from '../cognito/pools.js';
import type { ReadsPerSecond } from '../cognito/read-budget.js';
import type { Db } from '../database/database.js';
import type { Logger } from '../logger.js';
import { createCognitoReads } from './cognito-reads.js';
import { changedAttributes, type PersonRead } from './cognito-user-mapping.js';
import { createCognitoWrites, type Target } from './cognito-writes.js';
import { normalizeEmail } from './email-address.js';
import { requireBoundedAttributes, requirePassword } from './input-bounds.js';
import { createPoolDirectory } from './pool-directory.js';
import { revivePerson, reviveRoles } from './revive-person.js';
import {
  isActiveStatus,
  type Invitation,
  type UserRecord,
  type UserStore,
  type MfaState,
} from './user-store.js';

export interface CognitoUserStoreDependencies {
  readonly client: CognitoIdentityProviderClient;
  readonly pools: CognitoPools;
  readonly db: Db;
  readonly cache: Cache;
  readonly logger: Logger;
  /** Called after each change of a person, for what else was made of them; rejects as invalidations do. */
  readonly onChanged: (id: string) => Promise<void>;
  /** The budget that Cognito's quotas leave; left out where there are none. */
  readonly readsPerSecond?: ReadsPerSecond | undefined;
}

/** A backstop to invalidation, for what is changed at Cognito by others than this service. */
const CACHED_MS = 30_000;

/** The people of two Cognito user pools. */
export function createCognitoUserStore(dependencies: CognitoUserStoreDependencies): UserStore {
  const { client, pools, db, cache, logger, onChanged, readsPerSecond } = dependencies;
  const cognito = createCognitoCalls(client, logger);
  const directory = createPoolDirectory(db);
  const reads = createCognitoReads({ cognito, pools, directory, readsPerSecond });
  const writes = createCognitoWrites(cognito, pools);

  const people = createReadThrough<PersonRead>({
    cache,
    prefix: 'user:',
    ttlMs: CACHED_MS,
    loadAmong: reads.personAmong,
    // Who confirms an address or resets a password is named to Cognito by that address: no entry could be dropped.
    // Who replaces a temporary password signs in by that, and is read afresh.
    isLasting: ({ user }) => isActiveStatus(user.status) || user.status === 'FORCE_CHANGE_PASSWORD',
    revive: revivePerson,
  });
  const roles = createReadThrough<readonly string[]>({
    cache,
    prefix: 'roles:',
    ttlMs: CACHED_MS,
    loadAmong(ids) {
      const seenIn = directory.poolsOf(ids);
      return async (id) => {
        const userType = (await seenIn).get(id) ?? (await people.get(id))?.user.userType;
        return userType && reads.roles({ userType, id }, ids.length);
      };
    },
    revive: reviveRoles,
  });

  const forget = async (id: string) => {
    const forgetDerived = onChanged(id).catch((error: unknown) => {
      throw new UnspreadChangeError(CACHED_MS, error);
    });
    await Promise.all([people.invalidate([id]), roles.invalidate([id]), forgetDerived]);
  };

  /** What is cached of the person is dropped even when Cognito's answer is lost on its way. */
  const whileChanging: UserStore['whileChanging'] = async (id, write) => {
    let answer;
    try {
      answer = await write();
    } catch (error) {
      // What Cognito says goes before what the cache says: the change may not have been made at all.
      await forget(id).catch(() => undefined);
      throw error;
    }
    await forget(id);
    return answer;
  };

  const change = async (id: string, write: (target: Target) => Promise<void>) => {
    const person = await people.get(id);
    if (person === undefined) throw notFound('The user');
    await whileChanging(id, () => write(person.user));
  };

  /** The same, of what must be seen everywhere even if this process dies before it can tell. */
  const shutOut = (id: string, write: (target: Target) => Promise<void>) =>
    change(id, async (target) => {
      await people.suspend([id]);
      await write(target);
    });

  const findFresh = async (id: string): Promise<UserRecord | undefined> => (await people.refresh(id))?.user;

  return {
    find: async (id) => (await people.get(id))?.user,
    findMany: async (ids) => (await people.getMany(ids)).map(userOf),
    findFresh,
    findByEmail: reads.findByEmail,
    page: reads.page,
    rolesOf: async (id) => (await roles.get(id)) ?? [],
    rolesOfMany: async (ids) => (await roles.getMany(ids)).map((answer) => answer ?? []),
    mfaOf: async (id) => (await people.get(id))?.mfa ?? { enabled: [], preferred: null },
    roleExists: reads.roleExists,
    membersOf: reads.membersOf,

    async create(user) {
      requireBoundedAttributes(user);
      const created = await writes.create({ ...user, ...requireInvitation(user) });
      await directory.note(created.userType, [created.id]);
      return created;
    },

    async reinvite(invitation) {
      const invited = await writes.reinvite({
        userType: invitation.userType,
        ...requireInvitation(invitation),
      });
      await forget(invited.id);
      return invited;
    },

    async update(id, { email, ...others }) {
      requireBoundedAttributes(others);
      const person = await people.refresh(id);
      if (person === undefined) throw notFound('The user');
      const current = person.user;
      const wanted = email === undefined ? others : { ...others, email: normalizeEmail(email) };
      const attributes = changedAttributes(current, wanted);
      if (attributes.length === 0) return current;
      requireNoFactor(person.mfa, attributes);
      await change(id, (target) => writes.setAttributes(target, attributes));
      const updated = await findFresh(id);
      if (updated === undefined) throw notFound('The user');
      return updated;
    },

    grantRole: (id, role) => change(id, (target) => writes.addToRole(target, role)),
    withdrawRole: (id, role) => change(id, (target) => writes.removeFromRole(target, role)),
    enable: (id) => change(id, writes.enable),
    disable: (id) => shutOut(id, writes.disable),
    delete: (id) => shutOut(id, writes.delete),
    requirePasswordReset: (id) => shutOut(id, writes.resetPassword),
    whileChanging,
    signOutEverywhere: (id) => change(id, writes.signOutEverywhere),

    async changeMfa(id, decide) {
      const before = (await people.refresh(id))?.mfa;
      if (before === undefined) throw notFound('The user');
      const wanted = decide(before);
      const isSame = before.enabled.length === 0 && wanted.enabled.length === 0;
      if (!isSame) await change(id, (target) => writes.setMfa(target, before, wanted));
      return (await people.get(id))?.mfa ?? wanted;
    },
  };
}

/** In the form in which they go to the pool. Throws BAD_USER_INPUT. */
const requireInvitation = ({ email, temporaryPassword }: Invitation) => ({
  email: normalizeEmail(email),
  temporaryPassword: temporaryPassword ? requirePassword(temporaryPassword, 'temporaryPassword') : null,
});

/** Codes that go where nobody has proven to read them would lock the owner out; to nowhere, they would ask for none. */
function requireNoFactor({ enabled }: MfaState, changed: readonly AttributeType[]): void {
  for (const [attribute, factor] of [
    ['phone_number', 'SMS'],
    ['email', 'EMAIL'],
  ] as const) {
    if (!enabled.includes(factor) || !changed.some(({ Name }) => Name === attribute)) continue;
    throw new PortcullisError('CONFLICT', 'Codes of a second factor go there: turn that factor off first.', {
      details: { factor },
    });
  }
}

const userOf = (answer: PersonRead | undefined | Error): UserRecord | undefined | Error =>
  answer instanceof Error ? answer : answer?.user;
