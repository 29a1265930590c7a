import type {
  DeletePolicyCommandInput,
  DeletePolicyCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { parseInput, policyId, storeId } from '../input.js';
import { findPolicy } from '../policies.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, policyId });

/** Deletes a policy. One that does not exist counts as deleted. */
export const deletePolicy =
  ({ db }: Pick<Context, 'db'>): OperationHandler<DeletePolicyCommandInput, DeletePolicyCommandOutput> =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    await db.transaction(async (tx) => {
      const store = await lockStore(tx, input.policyStoreId);
      const policy = await findPolicy(tx, store.id, input.policyId);
      if (policy === undefined) return;
      await tx.delete(policies).where(and(eq(policies.storeId, store.id), eq(policies.id, policy.id)));
      await changeStore(tx, store.id);
    });
    return {};
  };
