import { and, count, eq } from 'drizzle-orm';

import { CedarPolicyError } from '../../services/cedar/policy-statement.js';
import { parseTemplate, type PolicyTemplate } from '../../services/cedar/policy-template.js';
import { validateTemplates } from '../../services/cedar/policy-validation.js';
import { parseSchema } from '../../services/cedar/schema.js';
import { policyTemplates } from '../../services/database/schema/embedded-verified-permissions.js';
import type { Queries } from './context.js';
import { conflict, invalid, notFound, quotaExceeded, validationException } from './exceptions.js';
import type { StoreRow } from './stores.js';

export type PolicyTemplateRow = typeof policyTemplates.$inferSelect;

/** Of a store; https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html */
const MAX_TEMPLATES = 40;

/** The template of that id, or of that `name/…`. */
export async function findTemplate(
  db: Queries,
  storeId: string,
  idOrName: string,
): Promise<PolicyTemplateRow | undefined> {
  const key = idOrName.startsWith('name/') ? policyTemplates.name : policyTemplates.id;
  const [template] = await db
    .select()
    .from(policyTemplates)
    .where(and(eq(policyTemplates.storeId, storeId), eq(key, idOrName)));
  return template;
}

/** @throws AwsServiceError ResourceNotFoundException */
export async function requireTemplate(
  db: Queries,
  storeId: string,
  idOrName: string,
): Promise<PolicyTemplateRow> {
  const template = await findTemplate(db, storeId, idOrName);
  if (template === undefined) throw notFound('POLICY_TEMPLATE', idOrName);
  return template;
}

/** @throws AwsServiceError ConflictException when another template of the store has the name */
export async function requireFreeTemplateName(
  tx: Queries,
  storeId: string,
  name: string | undefined,
  ownId: string,
): Promise<void> {
  if (!name) return;
  const holder = await findTemplate(tx, storeId, name);
  if (holder === undefined || holder.id === ownId) return;
  throw conflict(`The name ${name} belongs to another policy template.`, 'POLICY_TEMPLATE', holder.id);
}

/** @throws AwsServiceError ServiceQuotaExceededException */
export async function requireRoomForTemplate(tx: Queries, storeId: string): Promise<void> {
  const [found] = await tx
    .select({ templates: count() })
    .from(policyTemplates)
    .where(eq(policyTemplates.storeId, storeId));
  if ((found?.templates ?? 0) < MAX_TEMPLATES) return;
  throw quotaExceeded(`A policy store has at most ${MAX_TEMPLATES} policy templates.`, 'POLICY_TEMPLATE');
}

/**
 * The template, parsed, if it is one that the store's schema admits where the store is STRICT.
 * @throws AwsServiceError ValidationException
 * @throws CedarUnavailableError
 */
export function checkTemplate(store: StoreRow, id: string, statement: string): PolicyTemplate {
  const path = 'statement';
  const template = parse(id, statement, path);
  if (store.validationMode === 'OFF') return template;
  if (store.schema === null)
    throw invalid(path, 'a STRICT policy store takes no policy template before it has a schema.');
  const { errors } = validateTemplates([{ id, statement }], parseSchema(store.schema));
  if (errors.length > 0) throw validationException(errors.map(({ message }) => ({ path, message })));
  return template;
}

function parse(id: string, statement: string, path: string): PolicyTemplate {
  try {
    return parseTemplate({ id, statement });
  } catch (error) {
    if (!(error instanceof CedarPolicyError)) throw error;
    throw validationException(error.issues.map(({ message }) => ({ path, message })));
  }
}

/** The members that every answer about a template has. */
export const templateSummary = ({
  storeId,
  id,
  createdAt,
  updatedAt,
}: Pick<PolicyTemplateRow, 'storeId' | 'id' | 'createdAt' | 'updatedAt'>) => ({
  policyStoreId: storeId,
  policyTemplateId: id,
  createdDate: createdAt,
  lastUpdatedDate: updatedAt,
});

/** What only some templates have. */
export const templateLabels = ({ name, description }: PolicyTemplateRow) => ({
  ...(description !== null && { description }),
  ...(name !== null && { name }),
});
