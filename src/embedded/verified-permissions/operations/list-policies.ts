import type {
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, asc, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context, Queries } from '../context.js';
import { entityIdentifier, page, parseInput, policyTemplateId, storeId } from '../input.js';
import { PAGE_SIZE, readNextToken, toPage } from '../pagination.js';
import { policyDefinitionItem, policyNameOf, policySummary, selectPolicies } from '../policies.js';
import { findTemplate } from '../policy-templates.js';
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
      policyTemplateId: policyTemplateId.optional(),
    })
    .optional(),
});

/** A store's policies by id, in pages; a page may be short, since the filter looks at the head of each statement. */
export const listPolicies =
  ({ db }: Pick<Context, 'db'>): OperationHandler<ListPoliciesCommandInput, ListPoliciesCommandOutput> =>
  async (rawInput) => {
    const { policyStoreId, nextToken, maxResults = PAGE_SIZE, filter = {} } = parseInput(schema, rawInput);
    await findStore(db, policyStoreId);
    const templateOf = await templateIdOf(db, policyStoreId, filter.policyTemplateId);
    const rows = await selectPolicies(db)
      .where(
        and(
          eq(policies.storeId, policyStoreId),
          gt(policies.id, readNextToken(nextToken)),
          filter.policyType && ofType[filter.policyType],
          templateOf === undefined ? undefined : eq(policies.templateId, templateOf),
        ),
      )
      .orderBy(asc(policies.id))
      .limit(maxResults + 1);
    const { items, ...rest } = toPage(rows, maxResults);
    const listed = items.map((policy) => ({
      ...policySummary(policy),
      definition: policyDefinitionItem(policy),
      ...policyNameOf(policy),
    }));
    return {
      policies: listed.filter(
        ({ principal, resource }) =>
          matches(filter.principal, principal) && matches(filter.resource, resource),
      ),
      ...rest,
    };
  };

const ofType = { STATIC: isNull(policies.templateId), TEMPLATE_LINKED: isNotNull(policies.templateId) };

/** The id of the template that is asked about, by id or name; none has the id that is given where there is none. */
async function templateIdOf(
  db: Queries,
  storeIdGiven: string,
  idOrName: string | undefined,
): Promise<string | undefined> {
  return idOrName === undefined
    ? undefined
    : ((await findTemplate(db, storeIdGiven, idOrName))?.id ?? idOrName);
}

function matches(
  wanted: z.output<typeof entityReference> | undefined,
  found: z.output<typeof entityIdentifier> | undefined,
): boolean {
  if (wanted === undefined) return true;
  if ('unspecified' in wanted) return wanted.unspecified === (found === undefined);
  const { entityType, entityId } = wanted.identifier;
  return found?.entityType === entityType && found.entityId === entityId;
}
