import type {
  DeletePolicyTemplateCommandInput,
  DeletePolicyTemplateCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';

import { policyTemplates } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { parseInput, policyTemplateId, storeId } from '../input.js';
import { requireTemplate } from '../policy-templates.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, policyTemplateId });

/** Deletes a template and all policies that are linked to it. Unlike that of a policy, this is not documented as idempotent. */
export const deletePolicyTemplate =
  ({
    db,
  }: Pick<Context, 'db'>): OperationHandler<
    DeletePolicyTemplateCommandInput,
    DeletePolicyTemplateCommandOutput
  > =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    await db.transaction(async (tx) => {
      const store = await lockStore(tx, input.policyStoreId);
      const { id } = await requireTemplate(tx, store.id, input.policyTemplateId);
      await tx
        .delete(policyTemplates)
        .where(and(eq(policyTemplates.storeId, store.id), eq(policyTemplates.id, id)));
      await changeStore(tx, store.id);
    });
    return {};
  };
