import type {
  CreatePolicyTemplateCommandInput,
  CreatePolicyTemplateCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { policyTemplates } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import { claimToken } from '../client-tokens.js';
import type { Context } from '../context.js';
import { newPolicyTemplateId } from '../identifiers.js';
import { clientToken, description, parseInput, policyName, storeId, textOfBytes } from '../input.js';
import { MAX_STATEMENT_BYTES } from '../policies.js';
import {
  checkTemplate,
  requireFreeTemplateName,
  requireRoomForTemplate,
  requireTemplate,
  templateSummary,
} from '../policy-templates.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({
  clientToken: clientToken.optional(),
  policyStoreId: storeId,
  name: policyName.optional(),
  description: description.optional(),
  statement: textOfBytes(MAX_STATEMENT_BYTES),
});

/** Adds a policy template to a store. It decides nothing until policies are linked to it. */
export const createPolicyTemplate =
  ({
    db,
    clock,
    randomness,
  }: Pick<Context, 'db' | 'clock' | 'randomness'>): OperationHandler<
    CreatePolicyTemplateCommandInput,
    CreatePolicyTemplateCommandOutput
  > =>
  async (rawInput) => {
    const { clientToken: token, ...input } = parseInput(schema, rawInput);
    const { policyStoreId, name, description: text, statement } = input;
    const now = clock.now();
    const id = newPolicyTemplateId(randomness);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, policyStoreId);
      const claim = { operation: `CreatePolicyTemplate ${policyStoreId}`, token, input, resourceId: id, now };
      const earlier = await claimToken(tx, claim);
      if (earlier !== undefined) return templateSummary(await requireTemplate(tx, policyStoreId, earlier));
      checkTemplate(store, id, statement);
      await requireFreeTemplateName(tx, policyStoreId, name, id);
      await requireRoomForTemplate(tx, policyStoreId);
      const row = {
        storeId: policyStoreId,
        id,
        name: name ?? null,
        description: text ?? null,
        statement,
        createdAt: now,
        updatedAt: now,
      };
      await tx.insert(policyTemplates).values(row);
      await changeStore(tx, policyStoreId);
      return templateSummary(row);
    });
  };
