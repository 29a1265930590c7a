import type {
  BatchGetPolicyCommandInput,
  BatchGetPolicyCommandOutput,
  BatchGetPolicyErrorItem,
  BatchGetPolicyOutputItem,
} from '@aws-sdk/client-verifiedpermissions';
import { eq } from 'drizzle-orm';
import { z } from 'zod';

import { policyStores } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context, Queries } from '../context.js';
import { parseInput, policyId, storeId } from '../input.js';
import { findPolicy, policyDefinition, policyNameOf, policySummary, type StoredPolicy } from '../policies.js';

const item = z.object({ policyStoreId: storeId, policyId });
const schema = z.object({ requests: z.array(item).min(1).max(100) });

/** Reads up to 100 policies of any stores; those that do not exist are listed as errors. */
export const batchGetPolicy =
  ({ db }: Pick<Context, 'db'>): OperationHandler<BatchGetPolicyCommandInput, BatchGetPolicyCommandOutput> =>
  async (rawInput) => {
    const { requests } = parseInput(schema, rawInput);
    const results: BatchGetPolicyOutputItem[] = [];
    const errors: BatchGetPolicyErrorItem[] = [];
    for (const request of requests) {
      const policy = await findPolicy(db, request.policyStoreId, request.policyId);
      if (policy !== undefined) results.push(toResult(policy));
      else errors.push(await explainAbsence(db, request));
    }
    return { results, errors };
  };

function toResult(policy: StoredPolicy): BatchGetPolicyOutputItem {
  const { policyStoreId, policyId: id, policyType, createdDate, lastUpdatedDate } = policySummary(policy);
  const definition = policyDefinition(policy);
  return {
    policyStoreId,
    policyId: id,
    policyType,
    definition,
    createdDate,
    lastUpdatedDate,
    ...policyNameOf(policy),
  };
}

async function explainAbsence(db: Queries, request: z.output<typeof item>): Promise<BatchGetPolicyErrorItem> {
  const [store] = await db
    .select({ id: policyStores.id })
    .from(policyStores)
    .where(eq(policyStores.id, request.policyStoreId));
  return store === undefined
    ? { ...request, code: 'POLICY_STORE_NOT_FOUND', message: 'The policy store does not exist.' }
    : { ...request, code: 'POLICY_NOT_FOUND', message: 'The policy does not exist.' };
}
