import { badUserInput } from '../../errors.js';
import { normalizeEmail } from './email-address.js';
import {
  USER_TYPES,
  type UserRecord,
  type UserSearch,
  type UserStatus,
  type UserType,
} from './user-store.js';

/** The contract's UserFilter: one attribute besides userType and enabled. */
export interface UserFilter {
  readonly email?: string | null;
  readonly emailStartsWith?: string | null;
  readonly phoneNumber?: string | null;
  readonly givenNameStartsWith?: string | null;
  readonly familyNameStartsWith?: string | null;
  readonly status?: UserStatus | null;
  readonly enabled?: boolean | null;
  readonly userType?: UserType | null;
}

/** How a filter is carried out: by Cognito where it can, by us where it cannot. */
export interface UserListPlan {
  /** Administrators first. */
  readonly pools: readonly UserType[];
  readonly search: UserSearch | null;
  /** Cognito takes one attribute alone: `enabled` beside another is sorted out here. */
  readonly keepEnabled: boolean | null;
}

/** Throws BAD_USER_INPUT when the filter names more than one attribute. */
export function planUserList(filter: UserFilter): UserListPlan {
  const searches = attributeSearches(filter);
  if (searches.length > 1) {
    throw badUserInput('A filter takes one attribute besides userType and enabled.', { argument: 'filter' });
  }
  const pools = filter.userType ? [filter.userType] : USER_TYPES;
  const enabled = filter.enabled ?? null;
  const [search = null] = searches;
  if (search !== null) return { pools, search, keepEnabled: enabled };
  if (enabled === null) return { pools, search: null, keepEnabled: null };
  return { pools, search: { attribute: 'enabled', operator: 'equals', value: enabled }, keepEnabled: null };
}

export const isKept = ({ keepEnabled }: UserListPlan, user: UserRecord): boolean =>
  keepEnabled === null || user.enabled === keepEnabled;

function attributeSearches(filter: UserFilter): UserSearch[] {
  const { email, emailStartsWith, phoneNumber, givenNameStartsWith, familyNameStartsWith, status } = filter;
  const searches: UserSearch[] = [];
  if (isGiven(email)) {
    searches.push({ attribute: 'email', operator: 'equals', value: normalizeEmail(email) });
  }
  if (isGiven(emailStartsWith)) {
    const value = emailStartsWith.trim().toLowerCase();
    searches.push({ attribute: 'email', operator: 'startsWith', value });
  }
  if (isGiven(phoneNumber)) {
    searches.push({ attribute: 'phoneNumber', operator: 'equals', value: phoneNumber });
  }
  if (isGiven(givenNameStartsWith)) {
    searches.push({ attribute: 'givenName', operator: 'startsWith', value: givenNameStartsWith });
  }
  if (isGiven(familyNameStartsWith)) {
    searches.push({ attribute: 'familyName', operator: 'startsWith', value: familyNameStartsWith });
  }
  if (isGiven(status)) searches.push({ attribute: 'status', operator: 'equals', value: status });
  return searches.map(requireBeginning);
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

function requireBeginning(search: UserSearch): UserSearch {
  if (search.operator === 'startsWith' && search.value === '') {
    throw badUserInput('A filter by beginning needs at least one character.', { argument: 'filter' });
  }
  return search;
}
