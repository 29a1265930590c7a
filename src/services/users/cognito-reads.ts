import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  GetGroupCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPools } from '../cognito/pools.js';
import { createReadBudget, type ReadsPerSecond } from '../cognito/read-budget.js';
import { toCognitoFilter } from './cognito-user-filter.js';
import { toPersonRead, toUserRecord, type PersonRead } from './cognito-user-mapping.js';
import type { Target } from './cognito-writes.js';
import { isSub, type PoolDirectory } from './pool-directory.js';
import type { UserRecord, UserStore, UserType } from './user-store.js';

/** What is asked of the pools, each time anew: no caches at this level. */
export interface CognitoReads {
  /** Looks up the pools of these people all at once, for reads of one after the other. */
  readonly personAmong: (ids: readonly string[]) => (id: string) => Promise<PersonRead | undefined>;
  /** Undefined for who is not in the pool. `among` is how many people's roles are read together. */
  readonly roles: (target: Target, among: number) => Promise<readonly string[] | undefined>;
  readonly findByEmail: UserStore['findByEmail'];
  readonly page: UserStore['page'];
  readonly roleExists: UserStore['roleExists'];
  readonly membersOf: UserStore['membersOf'];
}

export interface CognitoReadsDependencies {
  readonly cognito: CognitoCalls;
  readonly pools: CognitoPools;
  readonly directory: PoolDirectory;
  readonly readsPerSecond?: ReadsPerSecond | undefined;
}

/** Cognito's largest page, of users and of groups. */
export const MAX_PAGE = 60;
/** What Cognito takes for the name of a group. */
const ROLE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

export function createCognitoReads(dependencies: CognitoReadsDependencies): CognitoReads {
  const { cognito, pools, directory, readsPerSecond } = dependencies;
  const readPerson = createReadBudget(readsPerSecond?.people);
  const readRoles = createReadBudget(readsPerSecond?.roles);

  const readByName = (userType: UserType, name: string, among: number) =>
    readPerson(among, async (): Promise<PersonRead | undefined> => {
      const { poolId: UserPoolId } = pools[userType];
      const output = await foundOrUndefined(
        cognito('administration', (client) =>
          client.send(new AdminGetUserCommand({ UserPoolId, Username: name })),
        ),
      );
      return output && toPersonRead(userType, output);
    });

  const readFrom = async (userType: UserType, id: string, among: number) => {
    const read = await readByName(userType, id, among);
    // Cognito also finds people by user name and alias; here an id is a `sub` and nothing else.
    return read?.user.id === id ? read : undefined;
  };

  const notePeople = async (userType: UserType, people: readonly UserRecord[]) => {
    await directory.note(
      userType,
      people.map(({ id }) => id),
    );
    return people;
  };

  return {
    personAmong(ids) {
      const seenIn = directory.poolsOf(ids);
      return async (id) => {
        if (!isSub(id)) return undefined;
        const known = (await seenIn).get(id);
        if (known) return readFrom(known, id, ids.length);
        // One after the other: of those who were never seen most are end users, and a read is worth more than a moment.
        const found =
          (await readFrom('END_USER', id, ids.length)) ?? (await readFrom('ADMIN', id, ids.length));
        if (found) await directory.note(found.user.userType, [id]);
        return found;
      };
    },

    async findByEmail(userType, email) {
      const user = (await readByName(userType, email, 1))?.user;
      if (user?.email?.toLowerCase() !== email) return undefined;
      await directory.note(userType, [user.id]);
      return user;
    },

    async roles({ userType, id }, among) {
      const { poolId: UserPoolId } = pools[userType];
      const groups = await foundOrUndefined(
        pagesOf((NextToken: string | undefined) =>
          readRoles(among, async () => {
            const output = await cognito('administration', (client) =>
              client.send(
                new AdminListGroupsForUserCommand({ UserPoolId, Username: id, Limit: MAX_PAGE, NextToken }),
              ),
            );
            return { items: output.Groups ?? [], next: output.NextToken };
          }),
        ),
      );
      return groups?.flatMap(({ GroupName }) => GroupName ?? []).sort();
    },

    async page({ userType, search, limit: Limit, token }) {
      const output = await cognito('administration', (client) =>
        client.send(
          new ListUsersCommand({
            UserPoolId: pools[userType].poolId,
            Limit: Math.min(Limit, MAX_PAGE),
            ...(search && { Filter: toCognitoFilter(search) }),
            ...(token !== null && { PaginationToken: token }),
          }),
        ),
      );
      const users = (output.Users ?? []).map((user) => toUserRecord(userType, user));
      return { users: await notePeople(userType, users), nextToken: output.PaginationToken ?? null };
    },

    async roleExists(userType, role) {
      if (!ROLE.test(role)) return false;
      const { poolId: UserPoolId } = pools[userType];
      const group = await foundOrUndefined(
        cognito('role', (client) => client.send(new GetGroupCommand({ UserPoolId, GroupName: role }))),
      );
      return group !== undefined;
    },

    async membersOf(userType, role) {
      const { poolId: UserPoolId } = pools[userType];
      const members = await pagesOf(async (NextToken: string | undefined) => {
        const output = await foundOrUndefined(
          cognito('role', (client) =>
            client.send(
              new ListUsersInGroupCommand({ UserPoolId, GroupName: role, Limit: MAX_PAGE, NextToken }),
            ),
          ),
        );
        return { items: output?.Users ?? [], next: output?.NextToken };
      });
      return notePeople(
        userType,
        members.map((user) => toUserRecord(userType, user)),
      );
    },
  };
}

/** Reads page after page to the end. */
async function pagesOf<Item>(
  read: (token: string | undefined) => Promise<{ items: readonly Item[]; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== undefined);
  return all;
}

async function foundOrUndefined<Output>(call: Promise<Output>): Promise<Output | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof PortcullisError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
