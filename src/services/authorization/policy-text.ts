import { isActionType, isWellFormed } from '../cedar/values.js';
import { APPLICATION, qualifyAction, qualifyType } from './names.js';
import type { EntityUid } from './question.js';

/** What a policy string of a router asks: may somebody do this to that? */
export interface PolicyQuestion {
  readonly action: EntityUid;
  readonly resource: EntityUid;
}

/** An action and a resource, each of the longest type and id that there are, with every character of the id escaped. */
const MAX_LENGTH = 1_250;

const NAME = String.raw`[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*`;
/** Quotes and backslashes are escaped by a backslash; characters that nobody sees are not there at all. */
const QUOTED = String.raw`"(?:[^"\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\\["\\])+"`;
const POLICY = new RegExp(
  `^(?<action>${NAME})(?:::(?<actionId>${QUOTED}))?(?: on (?<type>${NAME})::(?<id>${QUOTED}))?$`,
  'u',
);

/**
 * Reads a policy string of `@policy`: `<action>`, which is about the application, or `<action> on <resource>`. An action is
 * `readUser`, `Documents::readDocument` or `Documents::Action::"readDocument"`, a resource a uid as Cedar writes it, such as
 * `Identity::User::"ada"`. Undefined for whatever is no such thing to the last character: it asks nothing, and is denied.
 */
export function parsePolicy(text: string): PolicyQuestion | undefined {
  if (text.length > MAX_LENGTH || !isWellFormed(text)) return undefined;
  const { action, actionId, type, id } = POLICY.exec(text)?.groups ?? {};
  if (action === undefined) return undefined;
  const resource =
    type === undefined || id === undefined ? APPLICATION : { type: qualifyType(type), id: unquoted(id) };
  if (actionId === undefined) return { action: qualifyAction(action, resource.type), resource };
  return isActionType(action) ? { action: { type: action, id: unquoted(actionId) }, resource } : undefined;
}

const unquoted = (quoted: string): string => quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
