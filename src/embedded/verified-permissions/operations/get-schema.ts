import type { GetSchemaCommandInput, GetSchemaCommandOutput } from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import type { OperationHandler } from '../../service-description.js';
import type { Context } from '../context.js';
import { notFound } from '../exceptions.js';
import { parseInput, storeId } from '../input.js';
import { findStore } from '../stores.js';

const schema = z.object({ policyStoreId: storeId });

export const getSchema =
  ({ db }: Pick<Context, 'db'>): OperationHandler<GetSchemaCommandInput, GetSchemaCommandOutput> =>
  async (rawInput) => {
    const { policyStoreId } = parseInput(schema, rawInput);
    const store = await findStore(db, policyStoreId);
    if (store.schema === null) throw notFound('SCHEMA', policyStoreId);
    return {
      policyStoreId,
      schema: store.schema,
      createdDate: store.schemaCreatedAt ?? store.createdAt,
      lastUpdatedDate: store.schemaUpdatedAt ?? store.updatedAt,
      namespaces: Object.keys(JSON.parse(store.schema) as object),
    };
  };
