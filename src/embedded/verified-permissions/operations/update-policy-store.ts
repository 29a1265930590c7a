import type {
  UpdatePolicyStoreCommandInput,
  UpdatePolicyStoreCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { description, parseInput, storeId } from '../input.js';
import { changeStore, lockStore, storeSummary } from '../stores.js';

const schema = z.object({
  policyStoreId: storeId,
  validationSettings: z.object({ mode: z.enum(['OFF', 'STRICT']) }),
  deletionProtection: z.enum(['ENABLED', 'DISABLED']).optional(),
  description: description.optional(),
});

export const updatePolicyStore =
  ({
    db,
    clock,
  }: Pick<Context, 'db' | 'clock'>): OperationHandler<
    UpdatePolicyStoreCommandInput,
    UpdatePolicyStoreCommandOutput
  > =>
  async (rawInput) => {
    const {
      policyStoreId,
      validationSettings,
      deletionProtection,
      description: text,
    } = parseInput(schema, rawInput);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, policyStoreId);
      const change = {
        validationMode: validationSettings.mode,
        updatedAt: clock.now(),
        ...(deletionProtection !== undefined && { deletionProtection }),
        ...(text !== undefined && { description: text }),
      };
      await changeStore(tx, policyStoreId, change);
      return storeSummary({ ...store, ...change });
    });
  };
