import { isDeepStrictEqual } from 'node:util';

import type {
  UpdatePolicyTemplateCommandInput,
  UpdatePolicyTemplateCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';

import { parseTemplate, type PolicyTemplate } from '../../../services/cedar/policy-template.js';
import { policyTemplates } from '../../../services/database/schema/embedded-verified-permissions.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { invalid } from '../exceptions.js';
import { changedName, description, parseInput, policyTemplateId, storeId, textOfBytes } from '../input.js';
import { MAX_STATEMENT_BYTES } from '../policies.js';
import {
  checkTemplate,
  requireFreeTemplateName,
  requireTemplate,
  templateSummary,
} from '../policy-templates.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({
  policyStoreId: storeId,
  policyTemplateId,
  name: changedName.optional(),
  description: description.optional(),
  statement: textOfBytes(MAX_STATEMENT_BYTES),
});

/** Replaces a template's statement, and with it what all policies that are linked to it say. */
export const updatePolicyTemplate =
  ({
    db,
    clock,
  }: Pick<Context, 'db' | 'clock'>): OperationHandler<
    UpdatePolicyTemplateCommandInput,
    UpdatePolicyTemplateCommandOutput
  > =>
  async (rawInput) => {
    const { name, description: text, statement, ...input } = parseInput(schema, rawInput);
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, input.policyStoreId);
      const template = await requireTemplate(tx, store.id, input.policyTemplateId);
      await requireFreeTemplateName(tx, store.id, name, template.id);
      checkSameHead(parseTemplate(template), checkTemplate(store, template.id, statement));
      const updated = {
        ...template,
        ...(name !== undefined && { name: name || null }),
        ...(text !== undefined && { description: text }),
        statement,
        updatedAt: clock.now(),
      };
      await tx
        .update(policyTemplates)
        .set(updated)
        .where(and(eq(policyTemplates.storeId, store.id), eq(policyTemplates.id, template.id)));
      await changeStore(tx, store.id);
      return templateSummary(updated);
    });
  };

/** "You can't change … the effect, the principal, the resource" of a template, be it from `==` to `in`. */
function checkSameHead({ json: old }: PolicyTemplate, { json: changed }: PolicyTemplate): void {
  for (const part of ['effect', 'principal', 'resource'] as const) {
    if (!isDeepStrictEqual(old[part], changed[part])) {
      throw invalid('statement', `the ${part} of a policy template cannot be changed.`);
    }
  }
}
