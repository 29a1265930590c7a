import type {
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, asc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { entityIdentifier, page, parseInput, storeId } from '../input.js';
import { PAGE_SIZE, readNextToken, toPage } from '../pagination.js';
import { policyNameOf, policySummary } from '../policies.js';
import { findStore } from '../stores.js';

const entityReference = z.union([
  z.strictObject({ unspecified: z.boolean() }),
  z.strictObject({ identifier: entityIdentifier }),
]);

const schema = z.object({
  policyStoreId: storeId,
  ...page,
  filter: z
    .object({
      principal: entityReference.optional(),
      resource: entityReference.optional(),
      policyType: z.enum(['STATIC', 'TEMPLATE_LINKED']).optional(),
      policyTemplateId: z.string().optional(),
    })
    .optional(),
});

/** A store's policies by id, in pages; a page may be short, since the filter looks at the head of each statement. */
export const listPolicies =
  ({ db }: Pick<Context, 'db'>): OperationHandler<ListPoliciesCommandInput, ListPoliciesCommandOutput> =>
  async (rawInput) => {
    const { policyStoreId, nextToken, maxResults = PAGE_SIZE, filter = {} } = parseInput(schema, rawInput);
    await findStore(db, policyStoreId);
    const rows = await db
      .select()
      .from(policies)
      .where(and(eq(policies.storeId, policyStoreId), gt(policies.id, readNextToken(nextToken))))
      .orderBy(asc(policies.id))
      .limit(maxResults + 1);
    const { items, ...rest } = toPage(rows, maxResults);
    const listed = items.map((policy) => ({
      ...policySummary(policy),
      definition: { static: { ...(policy.description !== null && { description: policy.description }) } },
      ...policyNameOf(policy),
    }));
    return {
      policies: listed.filter(
        ({ principal, resource }) =>
          filter.policyType !== 'TEMPLATE_LINKED' &&
          filter.policyTemplateId === undefined &&
          matches(filter.principal, principal) &&
          matches(filter.resource, resource),
      ),
      ...rest,
    };
  };

function matches(
  wanted: z.output<typeof entityReference> | undefined,
  found: z.output<typeof entityIdentifier> | undefined,
): boolean {
  if (wanted === undefined) return true;
  if ('unspecified' in wanted) return wanted.unspecified === (found === undefined);
  const { entityType, entityId } = wanted.identifier;
  return found?.entityType === entityType && found.entityId === entityId;
}
