import type {
  GetPolicyTemplateCommandInput,
  GetPolicyTemplateCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { parseInput, policyTemplateId, storeId } from '../input.js';
import { requireTemplate, templateLabels, templateSummary } from '../policy-templates.js';
import { findStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId, policyTemplateId });

export const getPolicyTemplate =
  ({
    db,
  }: Pick<Context, 'db'>): OperationHandler<GetPolicyTemplateCommandInput, GetPolicyTemplateCommandOutput> =>
  async (rawInput) => {
    const input = parseInput(schema, rawInput);
    await findStore(db, input.policyStoreId);
    const template = await requireTemplate(db, input.policyStoreId, input.policyTemplateId);
    return { ...templateSummary(template), ...templateLabels(template), statement: template.statement };
  };
