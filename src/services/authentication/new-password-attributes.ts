import { badUserInput } from '../../errors.js';
import { requireBoundedText, requirePhoneNumber } from '../users/input-bounds.js';

/** Cognito's names of the attributes that this service's own API has other names for. */
const COGNITO_NAMES: Readonly<Record<string, string>> = {
  givenName: 'given_name',
  familyName: 'family_name',
  phoneNumber: 'phone_number',
};
const OWN_NAMES = new Map(Object.entries(COGNITO_NAMES).map(([own, cognito]) => [cognito, own]));
/** A person's own to give with a new password, whether or not the pool requires them. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(['given_name', 'family_name']);
const PREFIX = 'userAttributes.';

/** Attributes that the pool requires and the account lacks, from the challenge's `requiredAttributes`. */
export function readMissingAttributes(requiredAttributes: string | undefined): string[] {
  const names: unknown = JSON.parse(requiredAttributes ?? '[]');
  if (!Array.isArray(names)) return [];
  return names
    .filter((name) => typeof name === 'string')
    .map((name) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name));
}

/** The name by which clients know an attribute. */
export const ownAttributeName = (cognitoName: string): string => OWN_NAMES.get(cognitoName) ?? cognitoName;

/**
 * The attributes that come with a new password, as challenge responses. Throws BAD_USER_INPUT when a missing one is not
 * given, and for any that was not asked for: nobody writes what protects their account, or what grants them something, here.
 */
export function attributeResponses(
  missing: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const responses: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = Object.hasOwn(COGNITO_NAMES, name) ? (COGNITO_NAMES[name] ?? name) : name;
    const own = ownAttributeName(attribute);
    if (!missing.includes(attribute) && !ALWAYS_ALLOWED.has(attribute)) {
      throw badUserInput('One of the attributes cannot be set here.', { argument: 'attributes' });
    }
    if (typeof value !== 'string' || value === '') {
      throw badUserInput(`${own} is a text that is not empty.`, { argument: 'attributes', attribute: own });
    }
    if (PREFIX + attribute in responses) {
      throw badUserInput(`${own} is given twice.`, { argument: 'attributes', attribute: own });
    }
    requireBoundedText('attributes', value, own);
    if (own === 'phoneNumber') requirePhoneNumber('attributes', value);
    responses[PREFIX + attribute] = value;
  }
  const absent = missing.filter((name) => !(PREFIX + name in responses)).map(ownAttributeName);
  if (absent.length > 0) throw badUserInput('Attributes are missing.', { argument: 'attributes', absent });
  return responses;
}
