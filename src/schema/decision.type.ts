import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import type { DecisionReason, Effect } from '../services/authorization/decision.js';

export const EffectEnum = { ALLOW: 'ALLOW', DENY: 'DENY' } as const;

registerEnumType(EffectEnum, {
  name: 'Effect',
  description: 'What Cedar answers.',
  valuesConfig: {
    ALLOW: { description: 'The principal may do it.' },
    DENY: { description: 'They may not, or it could not be decided: `reason` says which.' },
  },
});

export const DecisionReasonEnum = {
  PERMITTED: 'PERMITTED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_PERMITTED: 'NOT_PERMITTED',
  INVALID: 'INVALID',
  UNAVAILABLE: 'UNAVAILABLE',
} as const;

registerEnumType(DecisionReasonEnum, {
  name: 'DecisionReason',
  description: 'Why a decision is what it is.',
  valuesConfig: {
    PERMITTED: { description: 'A permit policy matched and no forbid did.' },
    FORBIDDEN: { description: 'A forbid policy matched.' },
    NOT_PERMITTED: { description: 'No policy matched: Cedar denies by default.' },
    INVALID: {
      description:
        'The question itself is wrong: an unknown action or type, or a context that the schema refuses.',
    },
    UNAVAILABLE: { description: 'The engine could not answer; the service fails closed.' },
  },
});

export const DecisionSourceEnum = { ENGINE: 'ENGINE', CACHE: 'CACHE' } as const;

registerEnumType(DecisionSourceEnum, {
  name: 'DecisionSource',
  description: 'Who answered: the engine itself, or a cache of its answers.',
  valuesConfig: {
    ENGINE: {
      description: 'Decided for this very request, by the engine or by the checks in front of it.',
    },
    CACHE: {
      description:
        'Decided less than a minute ago for a question that was the same in every respect, and remembered since.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Cedar’s name of an entity, such as `Identity::User` and an id.',
})
export class EntityUid {
  @Field(() => String, { description: 'With its namespace.' })
  type!: string;

  @Field(() => ID, {
    description: 'Without quotes: a person’s `User.id`, or an action’s name, such as `readUser`.',
  })
  id!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A policy that decided.' })
export class DeterminingPolicy {
  @Field(() => ID, {
    description: 'The policy’s @id annotation, or the policy store’s id where it has none.',
  })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The policy’s @description annotation.' })
  description!: string | null;
}

/** What the argument of that name says, wherever decisions are asked for. */
export const FRESH =
  'Whether the engine is asked, whatever is remembered. What is remembered is less than a minute old, and forgotten when the policies or the principal change.';

/** The fields that a decision itself answers; what explains it has resolvers in `resolvers/decision.resolver.ts`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer to one question: may this principal do this action to this resource?',
})
export class Decision {
  @Field(() => Boolean, {
    description: 'True only where the engine answered ALLOW: what cannot be decided is denied.',
  })
  allowed!: boolean;

  @Field(() => EffectEnum, { description: 'ALLOW where `allowed` is true, else DENY.' })
  effect!: Effect;

  @Field(() => DecisionReasonEnum, { description: 'Why it is allowed or denied.' })
  reason!: DecisionReason;

  @Field(() => EntityUid, { description: 'Who would act. Below `can` it is the viewer.' })
  principal!: EntityUid;

  @Field(() => EntityUid, { description: 'What would be done, such as `Identity::Action` and `readUser`.' })
  action!: EntityUid;

  @Field(() => EntityUid, { description: 'What it would be done to.' })
  resource!: EntityUid;

  @Field(() => DecisionSourceEnum, { description: 'Where the answer is from.' })
  source!: 'ENGINE' | 'CACHE';

  @Field(() => GraphQLDateTime, { description: 'When it was decided, by this service’s clock.' })
  evaluatedAt!: Date;
}
