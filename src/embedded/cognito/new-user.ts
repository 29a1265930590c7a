import type { Randomness } from '../../services/randomness.js';
import {
  applyChanges,
  assertAttributesConform,
  EMAIL,
  missingAttributes,
  PHONE_NUMBER,
  type Attributes,
} from './attributes.js';
import { invalidParameter } from './exceptions.js';
import { newSub } from './identifiers.js';
import type { UserPool } from './pool-settings.js';
import type { User } from './user-store.js';

/** Whoever is new has no second factor yet. */
export const NO_MFA: Pick<User, 'mfaMethods' | 'preferredMfa'> = { mfaMethods: [], preferredMfa: null };

/**
 * Who somebody is to be, by the name chosen: where usernames are addresses, the name becomes an attribute and the
 * username is the `sub`.
 * @throws InvalidParameterException
 */
export function identify(
  pool: UserPool,
  randomness: Randomness,
  name: string,
  given: Attributes,
): Pick<User, 'poolId' | 'sub' | 'username' | 'attributes'> {
  const sub = newSub(randomness);
  const { UsernameAttributes, AliasAttributes } = pool.settings;
  const contact = UsernameAttributes.find((attribute) => isContact(attribute, name));
  if (UsernameAttributes.length > 0 && !contact) {
    throw invalidParameter(`Username should be ${UsernameAttributes.map(describe).join(' or ')}.`);
  }
  if (AliasAttributes.includes('email') && EMAIL.test(name)) {
    throw invalidParameter(
      'Username cannot be of email format, since user pool is configured for email alias.',
    );
  }
  const attributes = contact ? { ...given, [contact]: name } : given;
  assertAttributesConform(pool.settings, attributes);
  return {
    poolId: pool.id,
    sub,
    username: contact ? sub : name,
    attributes: applyChanges({}, attributes),
  };
}

/** @throws InvalidParameterException where an attribute that the pool requires is missing */
export function assertComplete(pool: UserPool, attributes: Attributes): void {
  const [missing] = missingAttributes(pool.settings, attributes);
  if (missing) {
    throw invalidParameter(`Attributes did not conform to the schema: ${missing}: The attribute is required`);
  }
}

const isContact = (attribute: 'email' | 'phone_number', name: string) =>
  (attribute === 'email' ? EMAIL : PHONE_NUMBER).test(name);

const describe = (attribute: 'email' | 'phone_number') =>
  attribute === 'email' ? 'an email' : 'a phone number';
