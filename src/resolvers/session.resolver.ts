import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Authorize } from '../directives/authorize.decorator.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { notFound } from '../errors.js';
import { Decision, FRESH } from '../schema/decision.type.js';
import { Session } from '../schema/session.type.js';
import { User } from '../schema/user.type.js';
import type { Decision as DecisionRecord } from '../services/authorization/decision.js';
import { sessionUid } from '../services/authorization/names.js';
import { deviceName } from '../services/sessions/device-name.js';
import type { MaybePromise } from '../services/maybe-promise.js';
import type { SessionRecord } from '../services/sessions/session.js';
import type { UserRecord } from '../services/users/user-store.js';

/** Reading and ending sign-ins. */
@Resolver(() => Session)
export class SessionResolver {
  @RateLimit('reads.viewer')
  @Authorize({ action: 'readSession', resource: '$args.id', resourceType: 'Session' })
  @Query(() => Session, { nullable: true, description: 'One session; null where there is none of this id.' })
  async session(
    @Arg('id', () => ID, {
      description:
        '`Session.id`. FORBIDDEN, not null, for one that does not exist, unless the viewer may read everybody’s.',
    })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<SessionRecord | null> {
    return (await context.loaders.sessions.load(id)) ?? null;
  }

  @Authorize({ action: 'revokeSession', resource: '$args.id', resourceType: 'Session' })
  @Mutation(() => Session, {
    description:
      'Ends a session: its access tokens stop working at once. One that has ended stays as it ended.',
  })
  async revokeSession(
    @Arg('id', () => ID, {
      description:
        '`Session.id`. For one that does not exist NOT_FOUND, or FORBIDDEN where the viewer may not end everybody’s.',
    })
    id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionRecord> {
    const viewer = context.viewer(info.path);
    const ended = await context.services.sessions.end(id, 'REVOKED');
    if (ended === undefined) throw notFound('The session');
    context.forget();
    if (viewer?.session.id === id) {
      // They may still see what they ended.
      context.signIn(info.path, viewer);
      context.signOut();
    }
    return ended;
  }

  @Authorize({ action: 'revokeUserSessions', resource: '$viewer' })
  @Mutation(() => Int, {
    description:
      'Ends all of the viewer’s sessions but the current one: their tokens stop working at once. Says how many there were.',
  })
  async revokeOtherSessions(
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<number> {
    const { userId, session } = context.requireViewer(info.path);
    const ended = await context.services.sessions.endAllOf(userId, 'REVOKED', { except: session.id });
    context.forget();
    return ended;
  }

  @FieldResolver(() => User, { nullable: true, description: 'Null once the person is deleted.' })
  async user(@Root() session: SessionRecord, @Ctx() context: RequestContext): Promise<UserRecord | null> {
    return (await context.loaders.users.load(session.userId)) ?? null;
  }

  @FieldResolver(() => Boolean, {
    description: 'The session of the token that this very request carries.',
  })
  current(
    @Root() session: SessionRecord,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): boolean {
    return context.viewer(info.path)?.session.id === session.id;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Browser, system and kind of device, read from the user agent, such as "Firefox 140 on Linux".',
  })
  device(@Root() session: SessionRecord): string | null {
    return deviceName(session.userAgent);
  }

  @FieldResolver(() => Decision, { description: 'May the viewer do `action` to this session? Batched.' })
  can(
    @Root() session: SessionRecord,
    @Arg('action', () => String, {
      description:
        'A Cedar action for sessions, such as `revokeSession`; one that is not for them is denied as INVALID.',
    })
    action: string,
    @Arg('fresh', () => Boolean, { nullable: true, defaultValue: false, description: FRESH })
    fresh: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): MaybePromise<DecisionRecord> {
    return context.ask(context.requireAsker(info.path), action, sessionUid(session.id), {
      fresh: fresh ?? false,
    });
  }
}
