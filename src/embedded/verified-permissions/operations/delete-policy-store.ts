import type {
  DeletePolicyStoreCommandInput,
  DeletePolicyStoreCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { eq } from 'drizzle-orm';
import { z } from 'zod';

import { policyStores } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { invalidState } from '../exceptions.js';
import { parseInput, storeId } from '../input.js';

const schema = z.object({ policyStoreId: storeId });

/** Deletes a store and all that is in it. One that does not exist counts as deleted. */
export const deletePolicyStore =
  ({
    db,
  }: Pick<Context, 'db'>): OperationHandler<DeletePolicyStoreCommandInput, DeletePolicyStoreCommandOutput> =>
  async (rawInput) => {
    const { policyStoreId } = parseInput(schema, rawInput);
    await db.transaction(async (tx) => {
      const [store] = await tx
        .select()
        .from(policyStores)
        .where(eq(policyStores.id, policyStoreId))
        .for('update');
      if (store?.deletionProtection === 'ENABLED')
        throw invalidState('The policy store is protected from deletion.');
      await tx.delete(policyStores).where(eq(policyStores.id, policyStoreId));
    });
    return {};
  };
