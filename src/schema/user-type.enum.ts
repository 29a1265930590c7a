import { registerEnumType } from 'type-graphql';

export const UserTypeEnum = { ADMIN: 'ADMIN', END_USER: 'END_USER' } as const;

registerEnumType(UserTypeEnum, {
  name: 'UserType',
  description: 'The two kinds of people; each kind lives in a user pool of its own.',
  valuesConfig: {
    ADMIN: { description: 'Someone of the administrators’ pool. What they may do is up to their roles.' },
    END_USER: { description: 'Someone of the end users’ pool.' },
  },
});

/** Of an argument or a field that names the pool of an account. */
export const WHICH_POOL = {
  nullable: true,
  defaultValue: 'END_USER',
  description: 'Which pool the account is in; END_USER where it is null.',
} as const;
