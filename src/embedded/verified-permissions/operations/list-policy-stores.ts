import type {
  ListPolicyStoresCommandInput,
  ListPolicyStoresCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { asc, gt } from 'drizzle-orm';
import { z } from 'zod';

import { policyStores } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { page, parseInput } from '../input.js';
import { PAGE_SIZE, readNextToken, toPage } from '../pagination.js';
import { storeSummary } from '../stores.js';

const schema = z.object(page);

/** Policy stores by id, in pages. */
export const listPolicyStores =
  ({
    db,
  }: Pick<Context, 'db'>): OperationHandler<ListPolicyStoresCommandInput, ListPolicyStoresCommandOutput> =>
  async (rawInput) => {
    const { nextToken, maxResults = PAGE_SIZE } = parseInput(schema, rawInput);
    const rows = await db
      .select()
      .from(policyStores)
      .where(gt(policyStores.id, readNextToken(nextToken)))
      .orderBy(asc(policyStores.id))
      .limit(maxResults + 1);
    const { items, ...rest } = toPage(rows, maxResults);
    return {
      policyStores: items.map((store) => ({
        ...storeSummary(store),
        ...(store.description !== null && { description: store.description }),
      })),
      ...rest,
    };
  };
