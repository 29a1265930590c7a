import type {
  GetPolicyStoreCommandInput,
  GetPolicyStoreCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { parseInput, storeId } from '../input.js';
import { findStore, storeSummary } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, tags: z.boolean().optional() });

export const getPolicyStore =
  ({ db }: Pick<Context, 'db'>): OperationHandler<GetPolicyStoreCommandInput, GetPolicyStoreCommandOutput> =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    const store = await findStore(db, input.policyStoreId);
    return {
      ...storeSummary(store),
      validationSettings: { mode: store.validationMode },
      ...(store.description !== null && { description: store.description }),
      deletionProtection: store.deletionProtection,
      encryptionState: { default: {} },
      cedarVersion: 'CEDAR_4',
      ...(input.tags === true && { tags: store.tags }),
    };
  };
