import type { EntityUid } from './question.js';

/** The Cedar namespace of this service's own types and actions. */
export const IDENTITY = 'Identity';

/** The service itself: the resource of what concerns no single entity. */
export const APPLICATION: EntityUid = { type: 'Identity::Application', id: 'portcullis' };

export const userUid = (id: string): EntityUid => ({ type: 'Identity::User', id });
export const serviceUid = (id: string): EntityUid => ({ type: 'Identity::Service', id });
export const sessionUid = (id: string): EntityUid => ({ type: 'Identity::Session', id });
export const roleUid = (id: string): EntityUid => ({ type: 'Identity::Role', id });

/** Is this a type of entity that the service itself knows? */
export const isIdentityType = (type: string): boolean => type.startsWith(`${IDENTITY}::`);

/** A type without a namespace belongs to Identity. */
export const qualifyType = (type: string): string => (type.includes('::') ? type : `${IDENTITY}::${type}`);

/**
 * The uid of an action: one given without a namespace belongs to the namespace of the resource's
 * type; `Documents::view` and `Documents::Action::"view"` name theirs.
 */
export function qualifyAction(action: string, resourceType: string): EntityUid {
  const namespace = resourceType.slice(0, Math.max(0, resourceType.lastIndexOf('::')));
  // A name alone, which nearly all are.
  if (!action.includes(':')) return actionIn(namespace, action);
  const quoted = /^((?:\w+::)*)Action::"([^"\\]*)"$/.exec(action);
  if (quoted) return { type: `${quoted[1] ?? ''}Action`, id: quoted[2] ?? '' };
  const separator = action.lastIndexOf('::');
  if (separator > 0) return actionIn(action.slice(0, separator), action.slice(separator + 2));
  return actionIn(namespace, action);
}

const actionIn = (namespace: string, id: string): EntityUid => ({
  type: namespace === '' ? 'Action' : `${namespace}::Action`,
  id,
});
