import type { CedarSchema } from '../cedar/schema.js';
import { IDENTITY } from './names.js';

/** Every action of the Identity namespace, and the type of entity that it is done to. */
export const ACTIONS = {
  listUsers: { resource: 'Application' },
  createUser: { resource: 'Application' },
  createAdministrator: { resource: 'Application' },
  decideForOthers: { resource: 'Application' },
  explainDecision: { resource: 'Application' },
  readUser: { resource: 'User' },
  readContact: { resource: 'User' },
  updateUser: { resource: 'User' },
  updateProfile: { resource: 'User' },
  changeEmail: { resource: 'User' },
  changeMfa: { resource: 'User' },
  changePassword: { resource: 'User' },
  verifyContact: { resource: 'User' },
  deleteAccount: { resource: 'User' },
  deleteUser: { resource: 'User' },
  enableUser: { resource: 'User' },
  disableUser: { resource: 'User' },
  resetUserPassword: { resource: 'User' },
  resetUserMfa: { resource: 'User' },
  listSessions: { resource: 'User' },
  revokeUserSessions: { resource: 'User' },
  assignRole: { resource: 'Role' },
  readSession: { resource: 'Session' },
  revokeSession: { resource: 'Session' },
} as const satisfies Record<string, { resource: 'Application' | 'User' | 'Role' | 'Session' }>;

export type IdentityAction = keyof typeof ACTIONS;

/** The actions that a schema has not, or not for users and the type that this service asks about: all of them are denied. */
export function missingActions(schema: Pick<CedarSchema, 'appliesTo'>): IdentityAction[] {
  return (Object.keys(ACTIONS) as IdentityAction[]).filter(
    (id) =>
      !schema.appliesTo(
        { type: `${IDENTITY}::Action`, id },
        `${IDENTITY}::User`,
        `${IDENTITY}::${ACTIONS[id].resource}`,
      ),
  );
}
