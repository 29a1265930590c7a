import type {
  AdminGetUserCommandOutput,
  AttributeType,
  UserType as CognitoUser,
} from '@aws-sdk/client-cognito-identity-provider';

import { methodOf } from '../cognito/mfa-names.js';
import type { PersonInput } from './input-bounds.js';
import {
  USER_STATUSES,
  type MfaState,
  type NewUser,
  type UserChanges,
  type UserRecord,
  type UserStatus,
  type UserType,
} from './user-store.js';

/** One person as AdminGetUser tells of them: the record and the factors arrive together. */
export interface PersonRead {
  readonly user: UserRecord;
  readonly mfa: MfaState;
}

/** From a row of ListUsers, ListUsersInGroup or AdminCreateUser. */
export const toUserRecord = (userType: UserType, user: CognitoUser): UserRecord =>
  toRecord(userType, user.Attributes, user);

/** From an answer of AdminGetUser. */
export function toPersonRead(userType: UserType, output: AdminGetUserCommandOutput): PersonRead {
  const { UserMFASettingList: methods = [], PreferredMfaSetting: preferred } = output;
  return {
    user: toRecord(userType, output.UserAttributes, output),
    mfa: {
      enabled: methods.flatMap((name) => methodOf(name) ?? []),
      preferred: methodOf(preferred) ?? null,
    },
  };
}

/** What AdminGetUser and the lists call by the same names. */
type AccountState = Pick<CognitoUser, 'UserStatus' | 'Enabled' | 'UserCreateDate' | 'UserLastModifiedDate'>;

function toRecord(userType: UserType, attributes: AttributeType[] = [], account: AccountState): UserRecord {
  const values = new Map(attributes.map(({ Name, Value }) => [Name, Value]));
  const text = (name: string) => values.get(name) || null;
  const email = text('email');
  const phoneNumber = text('phone_number');
  const createdAt = account.UserCreateDate ?? new Date(0);
  return {
    id: values.get('sub') ?? '',
    userType,
    email,
    emailVerified: email !== null && values.get('email_verified') === 'true',
    phoneNumber,
    phoneNumberVerified: phoneNumber !== null && values.get('phone_number_verified') === 'true',
    givenName: text('given_name'),
    familyName: text('family_name'),
    status: toStatus(account.UserStatus),
    enabled: account.Enabled === true,
    createdAt,
    updatedAt: account.UserLastModifiedDate ?? createdAt,
  };
}

const toStatus = (status: string | undefined): UserStatus =>
  USER_STATUSES.find((known) => known === status) ?? 'UNKNOWN';

/**
 * Attributes of a person whom an administrator makes. The address counts as verified only where nothing but the message
 * sent to it can let them in.
 */
export function newUserAttributes(user: NewUser): AttributeType[] {
  const onlyMailboxOpens = !user.suppressInvitation && !user.temporaryPassword;
  return [
    { Name: 'email', Value: user.email },
    { Name: 'email_verified', Value: String(onlyMailboxOpens) },
    ...presentAttributes(user),
  ];
}

/** The attributes of a name and a phone number that are given. */
export function presentAttributes(person: PersonInput): AttributeType[] {
  const given = [
    ['given_name', person.givenName],
    ['family_name', person.familyName],
    ['phone_number', person.phoneNumber],
  ] as const;
  return given.flatMap(([Name, Value]) => (Value ? [{ Name, Value }] : []));
}

/**
 * The attributes that take a person from what they are to what is wanted; none where nothing changes. An empty value
 * removes an attribute. A changed address or number is unverified, said in so many words: Cognito would keep the old mark.
 */
export function changedAttributes(current: UserRecord, changes: UserChanges): AttributeType[] {
  const differs = <Key extends keyof UserChanges>(key: Key): boolean =>
    changes[key] !== undefined && (changes[key] || null) !== current[key];
  const attribute = (Name: string, key: keyof UserChanges) =>
    differs(key) ? [{ Name, Value: changes[key] ?? '' }] : [];
  const unverified = (Name: string, key: keyof UserChanges) =>
    differs(key) ? [{ Name, Value: 'false' }] : [];
  return [
    ...attribute('email', 'email'),
    ...unverified('email_verified', 'email'),
    ...attribute('phone_number', 'phoneNumber'),
    ...unverified('phone_number_verified', 'phoneNumber'),
    ...attribute('given_name', 'givenName'),
    ...attribute('family_name', 'familyName'),
  ];
}
