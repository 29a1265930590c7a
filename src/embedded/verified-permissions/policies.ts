import { and, eq } from 'drizzle-orm';

import { cedarEngine } from '../../services/cedar/engine.js';
import { parseStatement } from '../../services/cedar/policy-statement.js';
import { validatePolicies } from '../../services/cedar/policy-validation.js';
import { parseSchema } from '../../services/cedar/schema.js';
import { policies } from '../../services/database/schema/embedded-verified-permissions.js';
import type { Queries } from './context.js';
import { conflict, invalid, notFound, validationException } from './exceptions.js';
import { summarizeStatement } from './statement-summary.js';
import type { StoreRow } from './stores.js';

export type PolicyRow = typeof policies.$inferSelect;

/** One policy's limit; https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html */
export const MAX_STATEMENT_BYTES = 10_000;

const byIdOrName = (storeId: string, idOrName: string) =>
  and(
    eq(policies.storeId, storeId),
    idOrName.startsWith('name/') ? eq(policies.name, idOrName) : eq(policies.id, idOrName),
  );

/** The policy of that id, or of that `name/…`. */
export async function findPolicy(
  db: Queries,
  storeId: string,
  idOrName: string,
): Promise<PolicyRow | undefined> {
  const [policy] = await db.select().from(policies).where(byIdOrName(storeId, idOrName));
  return policy;
}

/** @throws AwsServiceError ResourceNotFoundException */
export async function requirePolicy(db: Queries, storeId: string, idOrName: string): Promise<PolicyRow> {
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
  if (name === undefined) return;
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
export const policySummary = ({ storeId, id, statement, createdAt, updatedAt }: PolicyRow) => ({
  policyStoreId: storeId,
  policyId: id,
  policyType: 'STATIC' as const,
  ...summarizeStatement(statement),
  createdDate: createdAt,
  lastUpdatedDate: updatedAt,
});

/** A static definition with its statement. */
export const policyDefinition = ({ description, statement }: PolicyRow) => ({
  static: { statement, ...(description !== null && { description }) },
});

export const policyNameOf = ({ name }: PolicyRow) => (name === null ? {} : { name });
