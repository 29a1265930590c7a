import { and, eq, getTableColumns } from 'drizzle-orm';

import { cedarEngine } from '../../services/cedar/engine.js';
import { CedarPolicyError, parseStatement } from '../../services/cedar/policy-statement.js';
import { instantiateTemplate } from '../../services/cedar/policy-template.js';
import { validatePolicies } from '../../services/cedar/policy-validation.js';
import { parseSchema } from '../../services/cedar/schema.js';
import { policies, policyTemplates } from '../../services/database/schema/embedded-verified-permissions.js';
import type { Queries } from './context.js';
import { conflict, invalid, notFound, validationException } from './exceptions.js';
import { toSlotIdentifiers, toSlotValues } from './slot-values.js';
import { summarizeStatement } from './statement-summary.js';
import type { StoreRow } from './stores.js';

type PolicyRow = typeof policies.$inferSelect;

/** A policy, with its template's statement if it is linked to one. */
export type StoredPolicy = PolicyRow & { readonly templateStatement: string | null };

/** The limit of one policy, and of one template; https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html */
export const MAX_STATEMENT_BYTES = 10_000;

const byIdOrName = (storeId: string, idOrName: string) =>
  and(
    eq(policies.storeId, storeId),
    idOrName.startsWith('name/') ? eq(policies.name, idOrName) : eq(policies.id, idOrName),
  );

/** Policies as they are read. To be narrowed down. */
export const selectPolicies = (db: Queries) =>
  db
    .select({ ...getTableColumns(policies), templateStatement: policyTemplates.statement })
    .from(policies)
    .leftJoin(
      policyTemplates,
      and(eq(policyTemplates.storeId, policies.storeId), eq(policyTemplates.id, policies.templateId)),
    );

/** The policy of that id, or of that `name/…`. */
export async function findPolicy(
  db: Queries,
  storeId: string,
  idOrName: string,
): Promise<StoredPolicy | undefined> {
  const [policy] = await selectPolicies(db).where(byIdOrName(storeId, idOrName));
  return policy;
}

/** @throws AwsServiceError ResourceNotFoundException */
export async function requirePolicy(db: Queries, storeId: string, idOrName: string): Promise<StoredPolicy> {
  const policy = await findPolicy(db, storeId, idOrName);
  if (policy === undefined) throw notFound('POLICY', idOrName);
  return policy;
}

/** @throws AwsServiceError ConflictException when another policy of the store has the name */
export async function requireFreeName(
  tx: Queries,
  storeId: string,
  name: string | undefined,
  ownId: string,
): Promise<void> {
  if (!name) return;
  const holder = await findPolicy(tx, storeId, name);
  if (holder === undefined || holder.id === ownId) return;
  throw conflict(`The name ${name} belongs to another policy.`, 'POLICY', holder.id);
}

/**
 * Is this a static policy, and one that the store's schema admits where the store is STRICT?
 * @throws AwsServiceError ValidationException
 * @throws CedarUnavailableError
 */
export function checkStatement(store: StoreRow, id: string, statement: string): void {
  const path = 'definition.static.statement';
  const parsed = parseStatement({ id, statement }, cedarEngine);
  if (!parsed.ok) throw invalid(path, parsed.issue.message);
  if (store.validationMode === 'OFF') return;
  if (store.schema === null)
    throw invalid(path, 'a STRICT policy store takes no policy before it has a schema.');
  const { errors } = validatePolicies([{ id, statement }], parseSchema(store.schema));
  if (errors.length > 0) throw validationException(errors.map(({ message }) => ({ path, message })));
}

/** The members that every answer about a policy has. */
export const policySummary = (policy: StoredPolicy) => ({
  policyStoreId: policy.storeId,
  policyId: policy.id,
  policyType: policy.templateId === null ? ('STATIC' as const) : ('TEMPLATE_LINKED' as const),
  ...summarizeStatement(statementOf(policy)),
  createdDate: policy.createdAt,
  lastUpdatedDate: policy.updatedAt,
});

/** Empty where the template no longer parses. */
function statementOf(policy: StoredPolicy): string {
  if (policy.statement !== null) return policy.statement;
  try {
    return instantiateTemplate(policy.templateStatement ?? '', toSlotValues(policy));
  } catch (error) {
    if (error instanceof CedarPolicyError) return '';
    throw error;
  }
}

/** The definition, with the statement of a static policy. */
export const policyDefinition = (policy: StoredPolicy) =>
  policy.templateId === null
    ? { static: { statement: policy.statement ?? '', ...descriptionOf(policy) } }
    : linkDefinition(policy, policy.templateId);

/** The definition as lists have it, without the statement. */
export const policyDefinitionItem = (policy: StoredPolicy) =>
  policy.templateId === null ? { static: descriptionOf(policy) } : linkDefinition(policy, policy.templateId);

const linkDefinition = (policy: StoredPolicy, policyTemplateId: string) => ({
  templateLinked: { policyTemplateId, ...toSlotIdentifiers(policy) },
});

const descriptionOf = ({ description }: StoredPolicy) => (description === null ? {} : { description });

export const policyNameOf = ({ name }: StoredPolicy) => (name === null ? {} : { name });
