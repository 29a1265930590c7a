import type {
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { policies } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import { claimToken } from '../client-tokens.js';
import type { Context, Queries } from '../context.js';
import { newPolicyId } from '../identifiers.js';
import {
  clientToken,
  description,
  entityIdentifier,
  parseInput,
  policyName,
  policyTemplateId,
  storeId,
  textOfBytes,
} from '../input.js';
import { checkLink } from '../linked-policies.js';
import { toSlotColumns } from '../slot-values.js';
import {
  checkStatement,
  MAX_STATEMENT_BYTES,
  policySummary,
  requireFreeName,
  requirePolicy,
} from '../policies.js';
import { requireTemplate } from '../policy-templates.js';
import { changeStore, lockStore, type StoreRow } from '../stores.js';

const definition = z
  .strictObject({
    static: z
      .object({ description: description.optional(), statement: textOfBytes(MAX_STATEMENT_BYTES) })
      .optional(),
    templateLinked: z
      .object({
        policyTemplateId,
        principal: entityIdentifier.optional(),
        resource: entityIdentifier.optional(),
      })
      .optional(),
  })
  .transform(({ static: own, templateLinked }, context) => {
    if (own !== undefined && templateLinked === undefined) return { own };
    if (own === undefined && templateLinked !== undefined) return { templateLinked };
    context.addIssue('must have either static or templateLinked');
    return z.NEVER;
  });

const schema = z.object({
  clientToken: clientToken.optional(),
  policyStoreId: storeId,
  name: policyName.optional(),
  definition,
});

/** Adds a policy to a store: a static one, or one that is linked to a template. */
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
    const { policyStoreId, name } = input;
    const now = clock.now();
    const id = newPolicyId(randomness);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, policyStoreId);
      const claim = { operation: `CreatePolicy ${policyStoreId}`, token, input, resourceId: id, now };
      const earlier = await claimToken(tx, claim);
      if (earlier !== undefined) return policySummary(await requirePolicy(tx, policyStoreId, earlier));
      const content = await contentOf(tx, store, id, input.definition);
      await requireFreeName(tx, policyStoreId, name, id);
      const policy = {
        storeId: policyStoreId,
        id,
        name: name ?? null,
        ...content,
        createdAt: now,
        updatedAt: now,
      };
      await tx.insert(policies).values(policy);
      await changeStore(tx, policyStoreId);
      return policySummary(policy);
    });
  };

async function contentOf(
  tx: Queries,
  store: StoreRow,
  id: string,
  { own, templateLinked }: z.output<typeof definition>,
) {
  const nothing = { statement: null, description: null, templateId: null, templateStatement: null };
  if (templateLinked === undefined) {
    checkStatement(store, id, own.statement);
    const { statement, description: text = null } = own;
    return { ...nothing, ...toSlotColumns({}), statement, description: text };
  }
  const template = await requireTemplate(tx, store.id, templateLinked.policyTemplateId);
  checkLink(store, id, template, templateLinked);
  const { id: templateId, statement: templateStatement } = template;
  return { ...nothing, ...toSlotColumns(templateLinked), templateId, templateStatement };
}
