import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';

import type { RequestContext } from '../context.js';
import { Decision, FRESH } from '../schema/decision.type.js';
import { Resource } from '../schema/resource.type.js';
import { credentialEndOf, factsOf, principalOf, type Asker } from '../services/authentication/asker.js';
import type { Decision as DecisionRecord } from '../services/authorization/decision.js';
import { isIdentityType, qualifyAction } from '../services/authorization/names.js';
import type { CedarRecord, Question } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';
import { denied } from './decision-check.js';
import { explainAhead } from './explain-ahead.js';
import type { ResourceRecord } from './resource.reference.js';

/** Decisions about the entities of other subgraphs. */
@Resolver(() => Resource)
export class ResourceResolver {
  // Others put it into lists of their own, which are not to be lost where nobody is signed in or this service is down.
  @FieldResolver(() => Decision, {
    nullable: true,
    description:
      'May the viewer do `action` to this? Null with UNAUTHENTICATED where nobody is signed in. Batched: any number of these in one operation is one engine round trip per 30 distinct checks.',
  })
  can(
    @Root() resource: ResourceRecord,
    @Arg('action', () => String, {
      description:
        'A Cedar action for entities of this type, such as `editDocument`, in the namespace of the type; one that is not for them is denied as INVALID.',
    })
    action: string,
    @Arg('fresh', () => Boolean, { nullable: true, defaultValue: false, description: FRESH })
    fresh: boolean | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): MaybePromise<DecisionRecord> {
    const asker = context.requireAsker(info.path);
    context.admitBrought('gateway', [{ resourceAttributes: resource.cedarAttributes }]);
    const decided = decide(resource, action, asker, context, fresh ?? false);
    return explainAhead(decided, asker, context, info);
  }
}

function decide(
  resource: ResourceRecord,
  action: string,
  asker: Asker,
  context: RequestContext,
  fresh: boolean,
): MaybePromise<DecisionRecord> {
  const question = questionAbout(resource, action, asker);
  if (resource.cedarAttributes !== null && !resource.isProven) {
    const error = 'Attributes of a resource count only from a gateway that proves itself.';
    return denied(question, 'INVALID', error, context);
  }
  return context.decisions.decide(question, {
    asker: factsOf(asker),
    notAfter: credentialEndOf(asker),
    fresh,
  });
}

function questionAbout({ uid, cedarAttributes }: ResourceRecord, action: string, asker: Asker): Question {
  const question = {
    principal: principalOf(asker),
    action: qualifyAction(action, uid.type),
    resource: uid,
    context: {},
  };
  // Of its own entities the service knows the attributes. Of any other there are those that are brought and no more, so that the
  // schema tells which are missing: Cedar would pass over a forbid that asks for one.
  const resourceAttributes: CedarRecord | undefined =
    cedarAttributes ?? (isIdentityType(uid.type) ? undefined : {});
  return resourceAttributes === undefined ? question : { ...question, resourceAttributes };
}
