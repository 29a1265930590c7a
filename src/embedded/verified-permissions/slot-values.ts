import type { z } from 'zod';

import type { SlotValues } from '../../services/cedar/policy-template.js';
import { formatUid, type EntityUid } from '../../services/cedar/values.js';
import type { entityIdentifier } from './input.js';

type Identifier = z.output<typeof entityIdentifier>;

/** What a linked policy puts into the slots, as the API has it. */
export interface SlotIdentifiers {
  readonly principal?: Identifier | undefined;
  readonly resource?: Identifier | undefined;
}

/** What a linked policy puts into the slots, as its row has it. */
export interface SlotColumns {
  readonly principal: string | null;
  readonly resource: string | null;
}

/** They may yet turn out to be no uids. */
export const valuesOf = ({ principal, resource }: SlotIdentifiers): SlotValues => ({
  ...(principal && { principal: toUid(principal) }),
  ...(resource && { resource: toUid(resource) }),
});

/** For values that have been linked once, so that their types are names. */
export const toSlotColumns = ({ principal, resource }: SlotIdentifiers): SlotColumns => ({
  principal: principal === undefined ? null : formatUid(toUid(principal)),
  resource: resource === undefined ? null : formatUid(toUid(resource)),
});

export const toSlotValues = ({ principal, resource }: SlotColumns): SlotValues => ({
  ...(principal !== null && { principal: parseUid(principal) }),
  ...(resource !== null && { resource: parseUid(resource) }),
});

export const toSlotIdentifiers = ({ principal, resource }: SlotColumns) => ({
  ...(principal !== null && { principal: toIdentifier(parseUid(principal)) }),
  ...(resource !== null && { resource: toIdentifier(parseUid(resource)) }),
});

const toUid = ({ entityType, entityId }: Identifier): EntityUid => ({ type: entityType, id: entityId });
const toIdentifier = ({ type, id }: EntityUid) => ({ entityType: type, entityId: id });

/** The uid that `formatUid` wrote; no type has a quotation mark in it. */
function parseUid(text: string): EntityUid {
  const quote = text.indexOf('::"');
  return { type: text.slice(0, quote), id: JSON.parse(text.slice(quote + 2)) as string };
}
