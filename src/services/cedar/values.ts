/** The data that a Cedar decision is made from, in Cedar's JSON format (https://docs.cedarpolicy.com/auth/entities-syntax.html). */

/** An entity's name: `type` with its namespace, such as `Identity::User`. */
export interface EntityUid {
  readonly type: string;
  readonly id: string;
}

/** Long (an integer that JavaScript holds exactly), String, Bool, Set, Record, or an `__entity` or `__extn` escape. */
export type CedarValue =
  boolean | number | string | readonly CedarValue[] | { readonly [key: string]: CedarValue };

export type CedarRecord = Readonly<Record<string, CedarValue>>;

/** What is known of one entity. Action entities come from the schema and are never passed. */
export interface CedarEntity {
  readonly uid: EntityUid;
  readonly attrs: CedarRecord;
  readonly parents: readonly EntityUid[];
  readonly tags?: CedarRecord;
}

export type Effect = 'ALLOW' | 'DENY';

const TYPE_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*$/;
const ANY_SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What JSON writes as it is. */
const PLAIN = /^[\w.:@+-]*$/;

/** The uid as Cedar writes it, `Identity::User::"ada"`: one text for each uid, so it serves as a key. */
export const formatUid = ({ type, id }: EntityUid): string =>
  // Nearly every id is plain, and a decision needs some thirty keys.
  PLAIN.test(id) ? `${type}::"${id}"` : `${type}::${JSON.stringify(id)}`;

/** Is this a name that Cedar's grammar could give to a type, namespaces included? */
export const isTypeName = (name: string): boolean => TYPE_NAME.test(name);

/** Can this string be written as UTF-8? cedar-wasm throws on those that cannot. */
export const isWellFormed = (text: string): boolean =>
  // Nearly every text is done with after the first, which is several times as fast.
  !ANY_SURROGATE.test(text) || !LONE_SURROGATE.test(text);

/** Is this `Action` or some namespace's `…::Action`? */
export const isActionType = (type: string): boolean => type === 'Action' || type.endsWith('::Action');

/** Does this have the shape of a uid that may be handed to the engine? */
export function isEntityUid(value: unknown): value is EntityUid {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as Partial<Record<'type' | 'id', unknown>>;
  return typeof type === 'string' && typeof id === 'string' && isTypeName(type) && isWellFormed(id);
}
