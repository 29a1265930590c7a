import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Query, Resolver, Root } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { RateLimit } from '../directives/rate-limit.directive.js';
import { DecisionCheck } from '../schema/decision-check.input.js';
import { Decision, DeterminingPolicy, FRESH } from '../schema/decision.type.js';
import { isService } from '../services/authentication/asker.js';
import type { Decision as DecisionRecord } from '../services/authorization/decision.js';
import { withNamedPolicies } from '../services/authorization/named-policies.js';
import type { PolicyDescription } from '../services/authorization/policy-catalog.js';
import { whenKnown, whenOneKnown, type MaybePromise } from '../services/maybe-promise.js';
import { decideCheck } from './decision-check.js';
import { explainAhead, mayExplain } from './explain-ahead.js';

/** Asking the policies, and what they say of themselves. */
@Resolver(() => Decision)
export class DecisionResolver {
  @RateLimit('checks.service')
  @Query(() => Decision, { description: 'Asks one question of the policies.' })
  decision(
    @Arg('check', () => DecisionCheck, {
      description:
        'A wrong question is a denied decision whose reason is INVALID, not an error. UNAUTHENTICATED where nobody is signed in.',
    })
    check: DecisionCheck,
    @Arg('fresh', () => Boolean, { nullable: true, defaultValue: false, description: FRESH })
    fresh: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): MaybePromise<DecisionRecord> {
    const asker = context.requireAsker(info.path);
    context.admitChecks(1);
    context.admitBrought(isService(asker) ? 'service' : 'person', [check]);
    return whenOneKnown(context.subjectOf(asker), (subject) =>
      explainAhead(decideCheck(check, asker, context, fresh ?? false, subject), asker, context, info),
    );
  }

  @RateLimit('checks.service')
  @Query(() => [Decision], {
    description:
      'Up to 1,000 checks in one query, answered in the order asked. One bad check is one denied decision with its error, never a failed batch.',
  })
  decisions(
    @Arg('checks', () => [DecisionCheck], {
      description:
        'At most 1,000 in one operation, those of all its fields together; BAD_USER_INPUT beyond that. UNAUTHENTICATED where nobody is signed in.',
    })
    checks: DecisionCheck[],
    @Arg('fresh', () => Boolean, { nullable: true, defaultValue: false, description: FRESH })
    fresh: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): MaybePromise<readonly DecisionRecord[]> {
    const asker = context.requireAsker(info.path);
    context.admitChecks(checks.length);
    context.admitBrought(isService(asker) ? 'service' : 'person', checks);
    return whenOneKnown(context.subjectOf(asker), (subject) => {
      const decided = checks.map((check) => decideCheck(check, asker, context, fresh ?? false, subject));
      return explainAhead(
        whenKnown(decided, (decisions) => decisions),
        asker,
        context,
        info,
      );
    });
  }

  @FieldResolver(() => [DeterminingPolicy], {
    nullable: true,
    description:
      'Which policies decided. Only for viewers who may `explainDecision`; others get null and no error.',
  })
  async determiningPolicies(
    @Root() decision: DecisionRecord,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly PolicyDescription[] | null> {
    const { allowed } = await mayExplain(context.requireAsker(info.path), context);
    if (!allowed) return null;
    return context.services.policyCatalog.describe(decision.determiningPolicies);
  }

  @FieldResolver(() => [String], {
    nullable: true,
    description:
      'What went wrong while evaluating; names policies and attributes, so guarded in the same way.',
  })
  async errors(
    @Root() decision: DecisionRecord,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly string[] | null> {
    const { allowed } = await mayExplain(context.requireAsker(info.path), context);
    if (!allowed) return null;
    return withNamedPolicies(decision.errors, context.services.policyCatalog);
  }
}

interface DecisionsArguments {
  readonly checks: DecisionCheck[];
  readonly fresh: boolean | null;
}

const resolver = new DecisionResolver();

/**
 * The same field as graphql-js calls it. Of each input type-graphql makes an instance, looking up anew what that is made of: of
 * a list of checks that takes a quarter of the memory of the whole request.
 */
export const resolveDecisions: GraphQLFieldResolver<unknown, RequestContext, DecisionsArguments> = (
  _source,
  { checks, fresh },
  context,
  info,
) => resolver.decisions(checks, fresh, context, info);
