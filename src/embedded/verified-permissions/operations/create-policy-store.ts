import type {
  CreatePolicyStoreCommandInput,
  CreatePolicyStoreCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { policyStores } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import { claimToken } from '../client-tokens.js';
import type { Context } from '../context.js';
import { newPolicyStoreId } from '../identifiers.js';
import { clientToken, description, parseInput } from '../input.js';
import { findStore, storeSummary } from '../stores.js';

const schema = z.object({
  clientToken: clientToken.optional(),
  validationSettings: z.object({ mode: z.enum(['OFF', 'STRICT']) }),
  description: description.optional(),
  deletionProtection: z.enum(['ENABLED', 'DISABLED']).default('DISABLED'),
  encryptionSettings: z
    .strictObject({ default: z.object({}) }, 'only the default encryption is supported')
    .optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

/** Makes a policy store. */
export const createPolicyStore =
  ({
    db,
    clock,
    randomness,
  }: Pick<Context, 'db' | 'clock' | 'randomness'>): OperationHandler<
    CreatePolicyStoreCommandInput,
    CreatePolicyStoreCommandOutput
  > =>
  async (rawInput) => {
    const { clientToken: token, ...input } = parseInput(schema, rawInput);
    const now = clock.now();
    const id = newPolicyStoreId(randomness);
    return db.transaction(async (tx) => {
      const claim = { operation: 'CreatePolicyStore', token, input, resourceId: id, now };
      const earlier = await claimToken(tx, claim);
      if (earlier !== undefined) return storeSummary(await findStore(tx, earlier));
      const row = {
        id,
        description: input.description ?? null,
        validationMode: input.validationSettings.mode,
        deletionProtection: input.deletionProtection,
        tags: input.tags,
        createdAt: now,
        updatedAt: now,
      };
      await tx.insert(policyStores).values(row);
      return storeSummary(row);
    });
  };
