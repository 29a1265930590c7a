import { and, asc, eq, gt, sql } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { groupMembers, groups, users } from '../../services/database/schema/embedded-cognito.js';
import { groupNotFound } from './exceptions.js';
import type { User } from './user-store.js';

export type Group = typeof groups.$inferSelect;
export type GroupChanges = Partial<Pick<Group, 'description' | 'precedence' | 'roleArn'>>;

type GroupKey = Pick<Group, 'poolId' | 'name'>;
type UserKey = Pick<User, 'poolId' | 'sub'>;

export interface GroupStore {
  /** @throws ResourceNotFoundException */
  get(key: GroupKey): Promise<Group>;
  /** By name, from the one after `after`. */
  list(poolId: string, limit: number, after?: string): Promise<Group[]>;
  /** Whether it was done: not, when the name is taken. */
  create(group: Group): Promise<boolean>;
  update(key: GroupKey, changes: GroupChanges, at: Date): Promise<Group | undefined>;
  /** Whether there was one. */
  delete(key: GroupKey): Promise<boolean>;
  addMember(group: GroupKey, user: UserKey): Promise<void>;
  removeMember(group: GroupKey, user: UserKey): Promise<void>;
  /** By name, from the one after `after`. */
  listOf(user: UserKey, limit: number, after?: string): Promise<Group[]>;
  /** The names that a token carries: the lowest precedence first, which counts most. */
  namesOf(user: UserKey): Promise<string[]>;
  /** By `sub`, from the one after `after`. */
  members(group: GroupKey, limit: number, after?: string): Promise<User[]>;
}

export function createGroupStore(db: Db): GroupStore {
  const isGroup = ({ poolId, name }: GroupKey) => and(eq(groups.poolId, poolId), eq(groups.name, name));
  const isMember = ({ poolId, sub }: UserKey) =>
    and(eq(groupMembers.poolId, poolId), eq(groupMembers.sub, sub));
  const toGroup = and(eq(groups.poolId, groupMembers.poolId), eq(groups.name, groupMembers.groupName));
  const toUser = and(eq(users.poolId, groupMembers.poolId), eq(users.sub, groupMembers.sub));

  return {
    async get(key) {
      const [group] = await db.select().from(groups).where(isGroup(key));
      if (!group) throw groupNotFound();
      return group;
    },

    list: (poolId, limit, after) =>
      db
        .select()
        .from(groups)
        .where(and(eq(groups.poolId, poolId), after === undefined ? undefined : gt(groups.name, after)))
        .orderBy(asc(groups.name))
        .limit(limit),

    async create(group) {
      const created = await db
        .insert(groups)
        .values(group)
        .onConflictDoNothing()
        .returning({ name: groups.name });
      return created.length > 0;
    },

    async update(key, changes, at) {
      const [group] = await db
        .update(groups)
        .set({ ...changes, updatedAt: at })
        .where(isGroup(key))
        .returning();
      return group;
    },

    async delete(key) {
      const deleted = await db.delete(groups).where(isGroup(key)).returning({ name: groups.name });
      return deleted.length > 0;
    },

    async addMember({ poolId, name }, { sub }) {
      await db.insert(groupMembers).values({ poolId, groupName: name, sub }).onConflictDoNothing();
    },

    async removeMember({ name }, user) {
      await db.delete(groupMembers).where(and(isMember(user), eq(groupMembers.groupName, name)));
    },

    async listOf(user, limit, after) {
      const rows = await db
        .select({ group: groups })
        .from(groupMembers)
        .innerJoin(groups, toGroup)
        .where(and(isMember(user), after === undefined ? undefined : gt(groups.name, after)))
        .orderBy(asc(groups.name))
        .limit(limit);
      return rows.map(({ group }) => group);
    },

    async namesOf(user) {
      const rows = await db
        .select({ name: groups.name })
        .from(groupMembers)
        .innerJoin(groups, toGroup)
        .where(isMember(user))
        .orderBy(sql`${groups.precedence} asc nulls last`, asc(groups.name));
      return rows.map(({ name }) => name);
    },

    async members({ poolId, name }, limit, after) {
      const rows = await db
        .select({ user: users })
        .from(groupMembers)
        .innerJoin(users, toUser)
        .where(
          and(
            eq(groupMembers.poolId, poolId),
            eq(groupMembers.groupName, name),
            after === undefined ? undefined : gt(groupMembers.sub, after),
          ),
        )
        .orderBy(asc(groupMembers.sub))
        .limit(limit);
      return rows.map(({ user }) => user);
    },
  };
}
