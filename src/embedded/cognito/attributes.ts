import { invalidParameter, notAuthorized } from './exceptions.js';
import type { PoolSettings } from './pool-settings.js';

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
const STANDARD: ReadonlySet<string> = new Set([
  'address',
  'birthdate',
  'email',
  'email_verified',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'phone_number_verified',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
]);

const VERIFIED: ReadonlySet<string> = new Set(['email_verified', 'phone_number_verified']);

export const EMAIL = /^[^\s@"<>(),:;[\]\\]+@[^\s@"<>(),:;[\]\\]+$/;
export const PHONE_NUMBER = /^\+[1-9]\d{1,14}$/;

export type Attributes = Readonly<Record<string, string>>;

/**
 * Holds attributes that are about to be written against the pool's schema.
 * @throws InvalidParameterException for an unknown, immutable or malformed one
 */
export function assertAttributesConform(settings: PoolSettings, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'sub') throw invalidParameter('Cannot modify the non-mutable attribute sub');
    if (!isDeclared(settings, name)) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute does not exist in schema.`,
      );
    }
    if (VERIFIED.has(name) && value !== 'true' && value !== 'false') {
      throw invalidParameter(`Attributes did not conform to the schema: ${name}: Value must be a boolean.`);
    }
  }
  const { email, phone_number: phoneNumber } = attributes;
  if (email && !EMAIL.test(email)) throw invalidParameter('Invalid email address format.');
  if (phoneNumber && !PHONE_NUMBER.test(phoneNumber)) throw invalidParameter('Invalid phone number format.');
}

/** @throws InvalidParameterException for a change of what the pool's schema calls immutable */
export function assertMutable(settings: PoolSettings, changes: Attributes): void {
  const immutable = settings.Schema.find(
    (declared) =>
      !declared.Mutable && schemaNames(declared.Name).some((name) => Object.hasOwn(changes, name)),
  );
  if (immutable) throw invalidParameter(`user.${immutable.Name}: Attribute cannot be updated.`);
}

/**
 * Holds what people write about themselves against what their client may write.
 * @throws NotAuthorizedException
 */
export function assertWritable(writable: readonly string[] | undefined, attributes: Attributes): void {
  const refused = Object.keys(attributes).some(
    (name) => VERIFIED.has(name) || (writable !== undefined && !writable.includes(name)),
  );
  if (refused) throw notAuthorized('A client attempted to write unauthorized attribute');
}

/** The attributes after a change: an empty value removes one, a changed address is no longer a verified one. */
export function applyChanges(current: Attributes, changes: Attributes): Record<string, string> {
  const merged: Record<string, string> = { ...current };
  for (const contact of ['email', 'phone_number']) {
    const changed = Object.hasOwn(changes, contact) && changes[contact] !== current[contact];
    if (changed) merged[`${contact}_verified`] = changes[contact] ? 'false' : '';
  }
  Object.assign(merged, changes);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** Which attributes the pool requires and the user lacks. */
export const missingAttributes = (settings: PoolSettings, attributes: Attributes): string[] =>
  settings.Schema.filter(({ Name, Required }) => Required && Name !== 'sub')
    .map(({ Name }) => Name)
    .filter((name) => !attributes[name]);

/** The wire's form, the `sub` among them. */
export const toAttributeList = (sub: string, attributes: Attributes, only?: readonly string[]) =>
  Object.entries({ ...attributes, sub })
    .filter(([name]) => only === undefined || only.includes(name))
    .map(([Name, Value]) => ({ Name, Value }));

const isDeclared = ({ Schema }: PoolSettings, name: string) =>
  STANDARD.has(name) ||
  (name.startsWith('custom:') && Schema.some((declared) => schemaNames(declared.Name).includes(name)));

/** CreateUserPool takes a custom attribute with its prefix or without. */
const schemaNames = (declared: string) =>
  STANDARD.has(declared) || declared.startsWith('custom:') ? [declared] : [`custom:${declared}`];
