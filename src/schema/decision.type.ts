import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import type { DecisionReason, Effect } from '../services/authorization/decision.js';

export const EffectEnum = { ALLOW: 'ALLOW', DENY: 'DENY' } as const;

registerEnumType(EffectEnum, { name: 'Effect', description: 'What Cedar answers.' });

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
});

@ObjectType({
  simpleResolvers: true,
  description: 'Cedar’s name of an entity, such as `Identity::User` and an id.',
})
export class EntityUid {
  @Field(() => String, { description: 'With its namespace.' })
  type!: string;

  @Field(() => ID)
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

/** The fields that a decision itself answers; what explains it has resolvers in `resolvers/decision.resolver.ts`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer to one question: may this principal do this action to this resource?',
})
export class Decision {
  @Field(() => Boolean)
  allowed!: boolean;

  @Field(() => EffectEnum)
  effect!: Effect;

  @Field(() => DecisionReasonEnum)
  reason!: DecisionReason;

  @Field(() => EntityUid)
  principal!: EntityUid;

  @Field(() => EntityUid)
  action!: EntityUid;

  @Field(() => EntityUid)
  resource!: EntityUid;

  @Field(() => DecisionSourceEnum)
  source!: 'ENGINE' | 'CACHE';

  @Field(() => GraphQLDateTime)
  evaluatedAt!: Date;
}
