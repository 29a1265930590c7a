import type { IdentityAction } from '../src/services/authorization/actions.js';

/** What administrators do to people: ten checks for each of them. */
export const USER_ACTIONS = [
  'readUser',
  'readContact',
  'listSessions',
  'updateUser',
  'deleteUser',
  'enableUser',
  'disableUser',
  'resetUserPassword',
  'resetUserMfa',
  'revokeUserSessions',
] as const satisfies readonly IdentityAction[];
