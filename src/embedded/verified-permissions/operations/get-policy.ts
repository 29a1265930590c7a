import type { GetPolicyCommandInput, GetPolicyCommandOutput } from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { parseInput, policyId, storeId } from '../input.js';
import { policyDefinition, policyNameOf, policySummary, requirePolicy } from '../policies.js';
import { findStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, policyId });

export const getPolicy =
  ({ db }: Pick<Context, 'db'>): OperationHandler<GetPolicyCommandInput, GetPolicyCommandOutput> =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    await findStore(db, input.policyStoreId);
    const policy = await requirePolicy(db, input.policyStoreId, input.policyId);
    return { ...policySummary(policy), definition: policyDefinition(policy), ...policyNameOf(policy) };
  };
