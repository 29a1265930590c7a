import { GraphQLDateTime } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';

import { Authorize } from '../directives/authorize.decorator.js';
import type { SessionEndReason } from '../services/sessions/session.js';

export const SessionEndReasonEnum = {
  LOGGED_OUT: 'LOGGED_OUT',
  REVOKED: 'REVOKED',
  EXPIRED: 'EXPIRED',
  USER_DISABLED: 'USER_DISABLED',
  USER_DELETED: 'USER_DELETED',
  PASSWORD_CHANGED: 'PASSWORD_CHANGED',
  REFRESH_TOKEN_REUSED: 'REFRESH_TOKEN_REUSED',
} as const;

registerEnumType(SessionEndReasonEnum, {
  name: 'SessionEndReason',
  description: 'What ended a session.',
  valuesConfig: {
    LOGGED_OUT: { description: 'The person signed out.' },
    REVOKED: { description: 'The person or an administrator ended it from elsewhere.' },
    EXPIRED: { description: 'It reached the end of its refresh token.' },
    USER_DISABLED: { description: 'The account was disabled.' },
    USER_DELETED: { description: 'The account was deleted.' },
    PASSWORD_CHANGED: { description: 'The password was changed or reset elsewhere.' },
    REFRESH_TOKEN_REUSED: { description: 'A refresh token that had been replaced was used again.' },
  },
});

/** The fields that a session's row answers; the others have resolvers in `resolvers/session.resolver.ts`. */
@Directive('@key(fields: "id")')
@Authorize({ action: 'readSession' })
@ObjectType({
  simpleResolvers: true,
  description: 'One sign-in of one user on one device, from login until it ends.',
})
export class Session {
  @Field(() => ID, { description: 'A UUID.' })
  id!: string;

  @Field(() => GraphQLDateTime, {
    description: 'When the person signed in. Refreshing the tokens does not change it.',
  })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'To the minute.' })
  lastSeenAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When its refresh token dies.' })
  expiresAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Null while it lives.' })
  endedAt!: Date | null;

  @Field(() => SessionEndReasonEnum, { nullable: true, description: 'Null while it lives.' })
  endReason!: SessionEndReason | null;

  @Field(() => String, { nullable: true, description: 'The address that the person signed in from.' })
  ipAddress!: string | null;

  @Field(() => String, { nullable: true, description: 'As the client named itself at sign-in.' })
  userAgent!: string | null;

  @Field(() => Boolean, { description: 'Did the sign-in take a second factor?' })
  mfaAuthenticated!: boolean;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      'When one of its tokens first came from a very different client: another browser and system, or another program, in another network. Null while none did.',
  })
  suspiciousSince!: Date | null;
}
