import { registerEnumType } from 'type-graphql';

export const UserStatusEnum = {
  UNCONFIRMED: 'UNCONFIRMED',
  CONFIRMED: 'CONFIRMED',
  FORCE_CHANGE_PASSWORD: 'FORCE_CHANGE_PASSWORD',
  RESET_REQUIRED: 'RESET_REQUIRED',
  EXTERNAL_PROVIDER: 'EXTERNAL_PROVIDER',
  UNKNOWN: 'UNKNOWN',
} as const;

registerEnumType(UserStatusEnum, {
  name: 'UserStatus',
  description: 'Where an account stands in its life.',
  valuesConfig: {
    UNCONFIRMED: { description: 'Registered; the address is not proven yet.' },
    CONFIRMED: { description: 'In use.' },
    FORCE_CHANGE_PASSWORD: {
      description: 'Made by an administrator; the temporary password was not replaced yet.',
    },
    RESET_REQUIRED: { description: 'The password must be reset before the next sign-in.' },
    EXTERNAL_PROVIDER: { description: 'Signs in through another identity provider.' },
    UNKNOWN: { description: 'A state that this service has no name for.' },
  },
});
