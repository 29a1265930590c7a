import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { judgeOfType } from '../directives/type-judge.js';
import { Decision, FRESH } from '../schema/decision.type.js';
import { MfaSettings } from '../schema/mfa-settings.type.js';
import { SessionConnection } from '../schema/session-connection.type.js';
import { UserConnection } from '../schema/user-connection.type.js';
import { UserFilter } from '../schema/user-filter.input.js';
import { User } from '../schema/user.type.js';
import type { Decision as DecisionRecord } from '../services/authorization/decision.js';
import { userUid } from '../services/authorization/names.js';
import { whenKnown, type MaybePromise } from '../services/maybe-promise.js';
import type { SessionRecord } from '../services/sessions/session.js';
import type { MfaState, UserRecord } from '../services/users/user-store.js';
import { connectionOf, LazyEdge, type Connection } from './connection.js';
import { explainAhead } from './explain-ahead.js';
import { sessionPage } from './session-page.js';

/** Reading people. */
@Resolver(() => User)
export class UserResolver {
  @RateLimit('reads.viewer')
  @Authorize({ action: 'readUser', resource: '$args.id', resourceType: 'User' })
  @Query(() => User, { nullable: true, description: 'One person; null where there is none of this id.' })
  async user(
    @Arg('id', () => ID, {
      description:
        '`User.id`. FORBIDDEN, not null, for one that nobody has, unless the viewer may read everybody.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<UserRecord | null> {
    return (await context.loaders.users.load(id)) ?? null;
  }

  @RateLimit('reads.viewer')
  @Authorize({ action: 'listUsers' })
  @Query(() => UserConnection, {
    nullable: true,
    description:
      '`first` is 1 to 100. The administrators’ pool comes first. One filter besides userType and enabled. A person whom the viewer may not read is left out and counted in extensions.authorization.filtered, and others fill the page. After 1,000 people, or 20 pages of Cognito, it stops looking, and after 200 where it is `enabled` beside another filter that leaves people out: the page may then be short or empty though pageInfo.hasNextPage is true, and goes on at pageInfo.endCursor.',
  })
  async users(
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 20,
      description: 'How many at most: 1 to 100, else BAD_USER_INPUT; 20 where it is null.',
    })
    first: number | null,
    @Arg('after', () => String, {
      nullable: true,
      description:
        '`endCursor` of the page before; the first page where it is null. BAD_USER_INPUT for a cursor of another filter.',
    })
    after: string | null | undefined,
    @Arg('filter', () => UserFilter, {
      nullable: true,
      description:
        'Everybody where it is null. BAD_USER_INPUT for two attributes besides `userType` and `enabled`.',
    })
    filter: UserFilter | null | undefined,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<UserRecord>> {
    const page = await context.services.userList.list({
      first: first ?? 20,
      after: after ?? null,
      filter: filter ?? {},
      admits: (users) => readable(users, context, info),
    });
    for (const user of page.leftOut) context.noteFiltered(userUid(user.id));
    return connectionOf(
      page.items.map((item) => new LazyEdge(item.user, () => item.cursor)),
      page,
    );
  }

  @FieldResolver(() => String, { nullable: true, description: 'Given and family name joined, or null.' })
  name(@Root() { givenName, familyName }: UserRecord): string | null {
    return [givenName, familyName].filter((part) => part).join(' ') || null;
  }

  @FieldResolver(() => MfaSettings, {
    nullable: true,
    description:
      'Read person by person, in a list too. Null only with an error at its path, where that read failed.',
  })
  mfa(@Root() user: UserRecord, @Ctx() context: RequestContext): Promise<MfaState> {
    return context.services.users.mfaOf(user.id);
  }

  @FieldResolver(() => [String], { nullable: true, description: 'Cognito group names.' })
  roles(@Root() user: UserRecord, @Ctx() context: RequestContext): Promise<readonly string[]> {
    return context.loaders.roles.load(user.id);
  }

  @Authorize({ action: 'listSessions' })
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    description: 'Newest first, ended ones included. `first` is 1 to 100.',
  })
  sessions(
    @Root() user: UserRecord,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 20,
      description: 'How many at most: 1 to 100, else BAD_USER_INPUT; 20 where it is null.',
    })
    first: number | null,
    @Arg('after', () => String, {
      nullable: true,
      description:
        '`endCursor` of the page before; the first page where it is null. BAD_USER_INPUT for a cursor of another person’s list.',
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SessionRecord>> {
    return sessionPage(context, user.id, first ?? 20, after ?? null);
  }

  @FieldResolver(() => Decision, {
    description:
      'May the viewer do `action` to this user? Batched: any number of these in one operation is one engine round trip per 30 distinct checks.',
  })
  can(
    @Root() user: UserRecord,
    @Arg('action', () => String, {
      description:
        'A Cedar action for users, such as `disableUser`; one that is not for them is denied as INVALID.',
    })
    action: string,
    @Arg('fresh', () => Boolean, { nullable: true, defaultValue: false, description: FRESH })
    fresh: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): MaybePromise<DecisionRecord> {
    const asker = context.requireAsker(info.path);
    const decided = context.ask(asker, action, userUid(user.id), { fresh: fresh ?? false });
    return explainAhead(decided, asker, context, info);
  }
}

/** Which people the viewer may read, by the guards of their type. */
function readable(
  users: readonly UserRecord[],
  context: RequestContext,
  { schema, path }: GraphQLResolveInfo,
): MaybePromise<readonly boolean[]> {
  const judge = judgeOfType(schema, 'User');
  if (judge === undefined) return users.map(() => true);
  // They were just read: the decisions need not read them again.
  context.learn(users);
  const judged = users.map((user) => judge(user, context, path));
  return whenKnown(judged, (denials) =>
    denials.map((denied) => {
      // Whom the viewer may not see is left out; an outage must not pass for a shorter list.
      if (denied !== undefined && (denied.error.code !== 'FORBIDDEN' || denied.onDenied === 'REJECT')) {
        throw denied.error;
      }
      return denied === undefined;
    }),
  );
}
