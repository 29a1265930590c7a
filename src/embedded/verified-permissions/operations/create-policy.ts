import type {
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import { claimToken } from '../client-tokens.js';
import type { Context } from '../context.js';
import { newPolicyId } from '../identifiers.js';
import { clientToken, description, parseInput, policyName, storeId, textOfBytes } from '../input.js';
import {
  checkStatement,
  MAX_STATEMENT_BYTES,
  policySummary,
  requireFreeName,
  requirePolicy,
} from '../policies.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({
  clientToken: clientToken.optional(),
  policyStoreId: storeId,
  name: policyName.optional(),
  definition: z.strictObject(
    {
      static: z.object({
        description: description.optional(),
        statement: textOfBytes(MAX_STATEMENT_BYTES),
      }),
    },
    'must be static: policy templates are not supported',
  ),
});

/** Adds a static policy to a store. */
export const createPolicy =
  ({
    db,
    clock,
    randomness,
  }: Pick<Context, 'db' | 'clock' | 'randomness'>): OperationHandler<
    CreatePolicyCommandInput,
    CreatePolicyCommandOutput
  > =>
  async (rawInput) => {
    const { clientToken: token, ...input } = parseInput(schema, rawInput);
    const { policyStoreId, name, definition } = input;
    const now = clock.now();
    const id = newPolicyId(randomness);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, policyStoreId);
      const claim = { operation: `CreatePolicy ${policyStoreId}`, token, input, resourceId: id, now };
      const earlier = await claimToken(tx, claim);
      if (earlier !== undefined) return policySummary(await requirePolicy(tx, policyStoreId, earlier));
      const { statement, description: text } = definition.static;
      checkStatement(store, id, statement);
      await requireFreeName(tx, policyStoreId, name, id);
      const row = {
        storeId: policyStoreId,
        id,
        name: name ?? null,
        description: text ?? null,
        statement,
        createdAt: now,
        updatedAt: now,
      };
      await tx.insert(policies).values(row);
      await changeStore(tx, policyStoreId);
      return policySummary(row);
    });
  };
