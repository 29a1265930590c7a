import type { z } from 'zod';

import { CedarPolicyError } from '../../services/cedar/policy-statement.js';
import { instantiateTemplate, type SlotValues } from '../../services/cedar/policy-template.js';
import { validatePolicies } from '../../services/cedar/policy-validation.js';
import { parseSchema } from '../../services/cedar/schema.js';
import { formatUid, type EntityUid } from '../../services/cedar/values.js';
import { validationException } from './exceptions.js';
import type { entityIdentifier } from './input.js';
import type { PolicyTemplateRow } from './policy-templates.js';
import type { StoreRow } from './stores.js';

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

/**
 * Do these values fit the slots of the template, and make of it a policy that the store's schema admits where the store is
 * STRICT?
 * @throws AwsServiceError ValidationException
 * @throws CedarUnavailableError
 */
export function checkLink(
  store: StoreRow,
  id: string,
  template: PolicyTemplateRow,
  { principal, resource }: SlotIdentifiers,
): void {
  const values: SlotValues = {
    ...(principal && { principal: toUid(principal) }),
    ...(resource && { resource: toUid(resource) }),
  };
  const issues = [];
  try {
    const statement = instantiateTemplate(template.statement, values);
    if (store.validationMode === 'STRICT' && store.schema !== null) {
      issues.push(...validatePolicies([{ id, statement }], parseSchema(store.schema)).errors);
    }
  } catch (error) {
    if (!(error instanceof CedarPolicyError)) throw error;
    issues.push(...error.issues);
  }
  if (issues.length === 0) return;
  throw validationException(issues.map(({ message }) => ({ path: 'definition.templateLinked', message })));
}
