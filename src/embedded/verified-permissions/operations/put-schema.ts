import type { PutSchemaCommandInput, PutSchemaCommandOutput } from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { CedarSchemaError, parseSchema, type CedarSchema } from '../../../services/cedar/schema.js';
import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { invalid } from '../exceptions.js';
import { parseInput, storeId, textOfBytes } from '../input.js';
import { changeStore, lockStore } from '../stores.js';

const schema = z.object({
  policyStoreId: storeId,
  definition: z.object({ cedarJson: textOfBytes(100_000) }),
});

/** Sets or replaces a store's schema. The policies that are already there are not validated again. */
export const putSchema =
  ({
    db,
    clock,
  }: Pick<Context, 'db' | 'clock'>): OperationHandler<PutSchemaCommandInput, PutSchemaCommandOutput> =>
  async (rawInput) => {
    const { policyStoreId, definition } = parseInput(schema, rawInput);
    const text = definition.cedarJson;
    const { namespaces } = readSchema(text);
    const now = clock.now();
    return db.transaction(async (tx) => {
      const store = await lockStore(tx, policyStoreId);
      const createdDate = store.schemaCreatedAt ?? now;
      await changeStore(tx, policyStoreId, {
        schema: text,
        schemaCreatedAt: createdDate,
        schemaUpdatedAt: now,
      });
      return { policyStoreId, namespaces: [...namespaces], createdDate, lastUpdatedDate: now };
    });
  };

/** Verified Permissions takes JSON only. */
function readSchema(text: string): CedarSchema {
  const path = 'definition.cedarJson';
  if (!text.trimStart().startsWith('{')) throw invalid(path, 'must hold a Cedar schema as JSON.');
  try {
    return parseSchema(text);
  } catch (error) {
    if (error instanceof CedarSchemaError) throw invalid(path, error.message);
    throw error;
  }
}
