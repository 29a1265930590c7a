import type {
  ListPolicyTemplatesCommandInput,
  ListPolicyTemplatesCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, asc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';

import { policyTemplates } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { page, parseInput, storeId } from '../input.js';
import { PAGE_SIZE, readNextToken, toPage } from '../pagination.js';
import { templateLabels, templateSummary } from '../policy-templates.js';
import { findStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, ...page });

/** A store's policy templates by id, in pages. */
export const listPolicyTemplates =
  ({
    db,
  }: Pick<Context, 'db'>): OperationHandler<
    ListPolicyTemplatesCommandInput,
    ListPolicyTemplatesCommandOutput
  > =>
  async (rawInput) => {
    const { policyStoreId, nextToken, maxResults = PAGE_SIZE } = parseInput(schema, rawInput);
    await findStore(db, policyStoreId);
    const rows = await db
      .select()
      .from(policyTemplates)
      .where(
        and(eq(policyTemplates.storeId, policyStoreId), gt(policyTemplates.id, readNextToken(nextToken))),
      )
      .orderBy(asc(policyTemplates.id))
      .limit(maxResults + 1);
    const { items, ...rest } = toPage(rows, maxResults);
    return {
      policyTemplates: items.map((template) => ({
        ...templateSummary(template),
        ...templateLabels(template),
      })),
      ...rest,
    };
  };
