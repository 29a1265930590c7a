import { invalidParameter } from './exceptions.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
const SEARCHABLE = [
  'username',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
  'sub',
] as const;

export type SearchableAttribute = (typeof SEARCHABLE)[number];

export interface UserFilter {
  readonly attribute: SearchableAttribute;
  /** `=`: is the value. `^=`: begins with it. */
  readonly operator: '=' | '^=';
  readonly value: string;
}

/** `name = "value"`, where a backslash makes a quote or itself part of the value. */
const GRAMMAR = /^\s*("?)([^\s"=^]+)\1\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/su;

/**
 * Reads ListUsers' Filter: one attribute, one operator, one quoted value.
 * @throws InvalidParameterException
 */
export function parseUserFilter(filter: string): UserFilter {
  const match = GRAMMAR.exec(filter);
  if (!match) throw invalidParameter('Error while parsing filter');
  const [, , name = '', operator, quoted = ''] = match;
  const attribute = SEARCHABLE.find((searchable) => searchable === name);
  if (!attribute) throw invalidParameter(`Invalid search attribute: ${name}`);
  return { attribute, operator: operator === '^=' ? '^=' : '=', value: quoted.replace(/\\(.)/gsu, '$1') };
}
