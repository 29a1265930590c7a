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
