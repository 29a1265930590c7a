import type {
  UpdatePolicyCommandInput,
  UpdatePolicyCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { isDeepStrictEqual } from 'node:util';

import { and, eq } from 'drizzle-orm';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { invalid } from '../exceptions.js';
import { changedName, description, parseInput, policyId, storeId, textOfBytes } from '../input.js';
import {
  checkStatement,
  MAX_STATEMENT_BYTES,
  policySummary,
  requireFreeName,
  requirePolicy,
} from '../policies.js';
import { summarizeStatement } from '../statement-summary.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({
  policyStoreId: storeId,
  policyId,
  name: changedName.optional(),
  definition: z
    .strictObject(
      {
        static: z.object({
          description: description.optional(),
          statement: textOfBytes(MAX_STATEMENT_BYTES),
        }),
      },
      'must be static: a policy that is linked to a template changes with it',
    )
    .optional(),
});

/** Replaces a static policy's statement, or its name. Effect, principal and resource stay what they were. */
export const updatePolicy =
  ({
    db,
    clock,
  }: Pick<Context, 'db' | 'clock'>): OperationHandler<UpdatePolicyCommandInput, UpdatePolicyCommandOutput> =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, input.policyStoreId);
      const policy = await requirePolicy(tx, store.id, input.policyId);
      await requireFreeName(tx, store.id, input.name, policy.id);
      const { statement: before } = policy;
      if (before === null) {
        throw invalid('policyId', 'a policy that is linked to a template changes with the template alone.');
      }
      const { statement, description: text } = input.definition?.static ?? { ...policy, statement: before };
      checkStatement(store, policy.id, statement);
      checkSameHead(before, statement);
      const updated = {
        ...policy,
        ...(input.name !== undefined && { name: input.name || null }),
        statement,
        description: text ?? null,
        updatedAt: clock.now(),
      };
      await tx
        .update(policies)
        .set(updated)
        .where(and(eq(policies.storeId, store.id), eq(policies.id, policy.id)));
      await changeStore(tx, store.id);
      return policySummary(updated);
    });
  };

/** "You can't change … the effect, the principal, the resource" of a static policy. */
function checkSameHead(before: string, after: string): void {
  const [old, changed] = [summarizeStatement(before), summarizeStatement(after)];
  for (const part of ['effect', 'principal', 'resource'] as const) {
    if (!isDeepStrictEqual(old[part], changed[part])) {
      throw invalid('definition.static.statement', `the ${part} of a policy cannot be changed.`);
    }
  }
}
