import { PortcullisError } from '../../errors.js';
import { isActiveStatus, type UserRecord, type UserStore } from './user-store.js';

/** The role that rules the service, in the administrators' pool. */
export const ADMINISTRATOR_ROLE = 'administrator';

/** The lease under which administrators become fewer: two at once could each take the other for the one who remains. */
export const ADMINISTRATORS_LEASE = 'administrators';

const isActive = ({ enabled, status }: UserRecord): boolean => enabled && isActiveStatus(status);

/**
 * Throws CONFLICT when nobody but `person` could administer the service. Hold the lease from here until the change is made.
 */
export async function requireAnotherAdministrator(users: UserStore, person: UserRecord): Promise<void> {
  if (person.userType !== 'ADMIN' || !isActive(person)) return;
  const members = await users.membersOf('ADMIN', ADMINISTRATOR_ROLE);
  if (!members.some(({ id }) => id === person.id)) return;
  for (const other of members) {
    if (other.id !== person.id && (await isAdministratorNow(users, other.id))) return;
  }
  throw new PortcullisError(
    'CONFLICT',
    'This is the last administrator who can sign in: they keep the role and stay enabled.',
  );
}

/** Asked person by person: the list of a group's members lags behind the changes made to it. */
async function isAdministratorNow(users: UserStore, id: string): Promise<boolean> {
  const person = await users.findFresh(id);
  return person !== undefined && isActive(person) && (await users.rolesOf(id)).includes(ADMINISTRATOR_ROLE);
}
