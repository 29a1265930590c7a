import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import type { Attributes } from './attributes.js';
import { aliasExists, invalidParameter } from './exceptions.js';
import type { ContactName, UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import type { User } from './user-store.js';

type Services = Pick<CognitoServices, 'codes' | 'delivery' | 'users'>;

const CONTACTS: readonly ContactName[] = ['email', 'phone_number'];

/** A change of a contact that waits until its owner has shown that the new value is theirs. */
interface PendingChange {
  readonly name: ContactName;
  readonly value: string;
}

/**
 * Parts a change of attributes into what is done at once and what waits, by the pool's
 * AttributesRequireVerificationBeforeUpdate. An administrator who says that the new value is verified does not wait.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
 */
function partChanges(
  { settings }: UserPool,
  user: User,
  changes: Attributes,
): { readonly atOnce: Attributes; readonly pending: readonly PendingChange[] } {
  const { AttributesRequireVerificationBeforeUpdate: required } = settings.UserAttributeUpdateSettings;
  const pending = required.flatMap((name): PendingChange[] => {
    const value = changes[name];
    const waits = value && value !== user.attributes[name] && changes[`${name}_verified`] !== 'true';
    return waits ? [{ name, value }] : [];
  });
  const waiting = new Set(pending.flatMap(({ name }) => [name, `${name}_verified`]));
  const atOnce = Object.fromEntries(Object.entries(changes).filter(([name]) => !waiting.has(name)));
  return { atOnce, pending };
}

/**
 * Changes attributes, and sends codes to contacts that wait for them.
 * @returns the user as changed, and where codes went
 * @throws AliasExistsException, LimitExceededException, CodeDeliveryFailureException, UserNotFoundException
 */
export async function changeAttributes(
  services: Services & Pick<CognitoServices, 'clock'>,
  pool: UserPool,
  user: User,
  changes: Attributes,
): Promise<{ changed: User; sent: readonly CodeDeliveryDetailsType[] }> {
  const { clock, users } = services;
  const { atOnce, pending } = partChanges(pool, user, changes);
  const changed =
    Object.keys(atOnce).length > 0 ? await users.updateAttributes(pool, user, atOnce, clock.now()) : user;
  if (!changed) throw aliasExists();
  const sent: CodeDeliveryDetailsType[] = [];
  for (const { name, value } of pending) {
    sent.push(await sendVerificationCode(services, pool, changed, name, value));
    // Said only now, so that the time an answer takes does not tell who has the address.
    if (await isTaken(services, pool, user, { name, value })) throw aliasExists();
  }
  return { changed, sent };
}

/** Contacts that a change gave another value, and that the pool has verified whenever they change. */
export const changedContacts = ({ settings }: UserPool, before: User, after: User): readonly ContactName[] =>
  CONTACTS.filter(
    (name) =>
      settings.AutoVerifiedAttributes.includes(name) &&
      after.attributes[name] !== undefined &&
      after.attributes[name] !== before.attributes[name],
  );

/** Whether somebody else signs in by what a contact is to become. */
async function isTaken(
  { users }: Pick<CognitoServices, 'users'>,
  pool: UserPool,
  user: User,
  { name, value }: PendingChange,
): Promise<boolean> {
  const { UsernameAttributes, AliasAttributes } = pool.settings;
  if (!UsernameAttributes.includes(name) && !AliasAttributes.includes(name)) return false;
  const owner = await users.find(pool, value);
  return owner !== undefined && owner.sub !== user.sub;
}

/**
 * Sends the code that verifies a contact: to its present value, or to the one that it is to have. Where somebody else has
 * that one it only seems to be sent, so that nobody gets mail about another's account.
 * @throws LimitExceededException, CodeDeliveryFailureException, InvalidParameterException where there is no such contact
 */
export async function sendVerificationCode(
  services: Services,
  pool: UserPool,
  user: User,
  name: ContactName,
  pendingValue?: string,
): Promise<CodeDeliveryDetailsType> {
  const { codes, delivery } = services;
  const to = pendingValue ?? user.attributes[name];
  if (to === undefined) throw invalidParameter(`User does not have a ${name} to verify.`);
  const code = await codes.issue(user, name, pendingValue);
  const taken =
    pendingValue !== undefined && (await isTaken(services, pool, user, { name, value: pendingValue }));
  return taken
    ? delivery.pretend(to, 'VERIFICATION', code)
    : delivery.deliver(user, to, 'VERIFICATION', code);
}
