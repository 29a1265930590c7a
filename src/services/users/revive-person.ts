import { fieldsOf, isOneOf, isTextOrNull, reviveDate } from '../cache/revive.js';
import type { PersonRead } from './cognito-user-mapping.js';
import {
  MFA_METHODS,
  USER_STATUSES,
  USER_TYPES,
  type MfaMethod,
  type MfaState,
  type UserRecord,
} from './user-store.js';

/** A person who went through a cache as JSON; undefined for what is none. */
export function revivePerson(json: unknown): PersonRead | undefined {
  const person = fieldsOf<PersonRead>(json);
  const user = reviveUser(person.user);
  const mfa = reviveMfa(person.mfa);
  return user && mfa && { user, mfa };
}

/** The same of the names of somebody's roles. */
export const reviveRoles = (json: unknown): readonly string[] | undefined =>
  isListOf(json, (role) => typeof role === 'string') ? json : undefined;

function reviveUser(json: unknown): UserRecord | undefined {
  const fields = fieldsOf<UserRecord>(json);
  const { id, userType, email, emailVerified, phoneNumber, phoneNumberVerified } = fields;
  const { givenName, familyName, status, enabled } = fields;
  const createdAt = reviveDate(fields.createdAt);
  const updatedAt = reviveDate(fields.updatedAt);
  const isUser =
    typeof id === 'string' &&
    isOneOf(USER_TYPES, userType) &&
    isTextOrNull(email) &&
    typeof emailVerified === 'boolean' &&
    isTextOrNull(phoneNumber) &&
    typeof phoneNumberVerified === 'boolean' &&
    isTextOrNull(givenName) &&
    isTextOrNull(familyName) &&
    isOneOf(USER_STATUSES, status) &&
    typeof enabled === 'boolean' &&
    createdAt !== undefined &&
    updatedAt !== undefined;
  if (!isUser) return undefined;
  return {
    id,
    userType,
    email,
    emailVerified,
    phoneNumber,
    phoneNumberVerified,
    givenName,
    familyName,
    status,
    enabled,
    createdAt,
    updatedAt,
  };
}

function reviveMfa(json: unknown): MfaState | undefined {
  const { enabled, preferred } = fieldsOf<MfaState>(json);
  const isMfa = isListOf(enabled, isMethod) && (preferred === null || isMethod(preferred));
  return isMfa ? { enabled, preferred } : undefined;
}

const isMethod = (json: unknown): json is MfaMethod => isOneOf(MFA_METHODS, json);

const isListOf = <Item>(json: unknown, isItem: (item: unknown) => item is Item): json is readonly Item[] =>
  Array.isArray(json) && json.every(isItem);
