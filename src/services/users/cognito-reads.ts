import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  GetGroupCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import pLimit from 'p-limit';

import { PortcullisError } from '../../errors.js';
import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPools } from '../cognito/pools.js';
import { toCognitoFilter } from './cognito-user-filter.js';
import { toPersonRead, toUserRecord, type PersonRead } from './cognito-user-mapping.js';
import type { Target } from './cognito-writes.js';
import type { PoolDirectory } from './pool-directory.js';
import { USER_TYPES, type UserRecord, type UserStore, type UserType } from './user-store.js';

/** What is asked of the pools, each time anew: no caches at this level. */
export interface CognitoReads {
  readonly person: (id: string) => Promise<PersonRead | undefined>;
  readonly roles: (target: Target) => Promise<readonly string[]>;
  readonly page: UserStore['page'];
  readonly roleExists: UserStore['roleExists'];
  readonly membersOf: UserStore['membersOf'];
}

export interface CognitoReadsDependencies {
  readonly cognito: CognitoCalls;
  readonly pools: CognitoPools;
  readonly directory: PoolDirectory;
}

/** Cognito's largest page, of users and of groups. */
export const MAX_PAGE = 60;
/** A page of people whose roles are selected must not spend the whole account's quota of 120 reads a second at once. */
const READS_AT_ONCE = 16;
/** Shaped like a UUID; the `sub`s of real pools are not always valid ones. */
const SUB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What Cognito takes for the name of a group. */
const ROLE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

export function createCognitoReads({ cognito, pools, directory }: CognitoReadsDependencies): CognitoReads {
  const limit = pLimit(READS_AT_ONCE);

  const readFrom = (userType: UserType, id: string) =>
    limit(async (): Promise<PersonRead | undefined> => {
      const { poolId: UserPoolId } = pools[userType];
      const output = await foundOrUndefined(
        cognito('administration', (client) =>
          client.send(new AdminGetUserCommand({ UserPoolId, Username: id })),
        ),
      );
      const read = output && toPersonRead(userType, output);
      // Cognito also finds people by user name and alias; here an id is a `sub` and nothing else.
      return read?.user.id === id ? read : undefined;
    });

  const notePeople = async (userType: UserType, people: readonly UserRecord[]) => {
    await directory.note(
      userType,
      people.map(({ id }) => id),
    );
    return people;
  };

  return {
    async person(id) {
      if (!SUB.test(id)) return undefined;
      const known = await directory.poolOf(id);
      if (known) return readFrom(known, id);
      const reads = await Promise.all(USER_TYPES.map((userType) => readFrom(userType, id)));
      const found = reads.find((read) => read !== undefined);
      if (found) await directory.note(found.user.userType, [id]);
      return found;
    },

    async roles({ userType, id }) {
      const { poolId: UserPoolId } = pools[userType];
      const groups = await pagesOf((NextToken: string | undefined) =>
        limit(async () => {
          const output = await foundOrUndefined(
            cognito('administration', (client) =>
              client.send(
                new AdminListGroupsForUserCommand({ UserPoolId, Username: id, Limit: MAX_PAGE, NextToken }),
              ),
            ),
          );
          return { items: output?.Groups ?? [], next: output?.NextToken };
        }),
      );
      return groups.flatMap(({ GroupName }) => GroupName ?? []).sort();
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
