import type {
  IsAuthorizedCommandInput,
  IsAuthorizedCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';

import { KnownEntities } from '../../../services/cedar/known-entities.js';
import type { OperationHandler } from '../../service-description.js';
import { entitiesDefinition, question, readEntities } from '../authorization-input.js';
import type { Context } from '../context.js';
import { decide } from '../decisions.js';
import { parseInput, storeId } from '../input.js';

const schema = question.extend({ policyStoreId: storeId, entities: entitiesDefinition.optional() });

/** Answers one question. */
export const isAuthorized =
  ({
    compiledStores,
  }: Pick<Context, 'compiledStores'>): OperationHandler<
    IsAuthorizedCommandInput,
    IsAuthorizedCommandOutput
  > =>
  async (rawInput) => {
    const { policyStoreId, entities, ...asked } = parseInput(schema, rawInput);
    const store = await compiledStores.get(policyStoreId);
    return decide(store, asked, KnownEntities.of(readEntities(entities)));
  };
