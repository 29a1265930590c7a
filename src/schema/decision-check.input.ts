import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Cedar’s name of an entity.' })
export class EntityUidInput {
  @Field(() => String, { description: 'With its namespace; one without belongs to `Identity`.' })
  type!: string;

  @Field(() => ID, { description: '1 to 200 characters; the decision is INVALID for any other.' })
  id!: string;
}

@InputType({ description: 'One question for the policies.' })
export class DecisionCheck {
  @Field(() => EntityUidInput, {
    nullable: true,
    description:
      'Who would act. Left out, it is who asks, or the person whose token a service sends as `x-subject-token`. To name another takes `decideForOthers`.',
  })
  principal?: EntityUidInput | null;

  @Field(() => String, {
    description:
      'The Cedar action’s id, such as `readUser`, in the namespace of the resource’s type; `Documents::view` names another.',
  })
  action!: string;

  @Field(() => EntityUidInput, {
    description:
      'What it would be done to; `Identity::Application` with the id `portcullis` is this service itself.',
  })
  resource!: EntityUidInput;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Facts of the request, such as the channel, in Cedar’s JSON form. Validated against the Cedar schema; never overrides what the service itself sets.',
  })
  context?: Record<string, unknown> | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Attributes of the resource that the service itself does not store. Services only.',
  })
  resourceAttributes?: Record<string, unknown> | null;
}
