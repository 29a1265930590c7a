import type {
  BatchIsAuthorizedCommandInput,
  BatchIsAuthorizedCommandOutput,
} from '@aws-sdk/client-verifiedpermissions';
import { z } from 'zod';

import { KnownEntities } from '../../../services/cedar/known-entities.js';
import { createTurns } from '../../../services/cedar/turns.js';
import { formatUid, type CedarEntity } from '../../../services/cedar/values.js';
import type { OperationHandler } from '../../service-description.js';
import { entitiesDefinition, question, readEntities, type Question } from '../authorization-input.js';
import type { Context } from '../context.js';
import { decide } from '../decisions.js';
import { invalid } from '../exceptions.js';
import { parseInput, storeId } from '../input.js';

const schema = z.object({
  policyStoreId: storeId,
  entities: entitiesDefinition.optional(),
  requests: z.array(question).min(1).max(30),
});

const MAX_ENTITIES = 100;

/** Answers up to 30 questions with one principal or one resource in common. One malformed question fails the call. */
export const batchIsAuthorized =
  ({
    compiledStores,
    clock,
  }: Pick<Context, 'compiledStores' | 'clock'>): OperationHandler<
    BatchIsAuthorizedCommandInput,
    BatchIsAuthorizedCommandOutput
  > =>
  async (rawInput) => {
    const { policyStoreId, entities: definition, requests } = parseInput(schema, rawInput);
    checkShared(requests);
    const entities = readEntities(definition);
    checkCounts(requests, entities);
    const store = await compiledStores.get(policyStoreId);
    const known = KnownEntities.of(entities);
    const results = [];
    const turn = createTurns(clock);
    for (const [index, request] of requests.entries()) {
      // A decision over many entities takes a tenth of a second: others get their turn in between.
      const pause = turn();
      if (pause !== undefined) await pause;
      results.push({
        request: rawInput.requests?.[index],
        ...decide(store, request, known, `requests.${index}.`),
      });
    }
    return { results };
  };

function checkShared(requests: readonly Question[]): void {
  const [first] = requests;
  const different = (part: 'principal' | 'resource') =>
    requests.some(
      ({ [part]: { entityType, entityId } }) =>
        entityType !== first?.[part].entityType || entityId !== first[part].entityId,
    );
  if (different('principal') && different('resource')) {
    throw invalid('requests', 'must all have the same principal or all have the same resource.');
  }
}

/** "The batch can contain up to 100 principals and up to 100 resources." */
function checkCounts(requests: readonly Question[], entities: readonly CedarEntity[]): void {
  const uids = new Map(entities.map(({ uid }) => [formatUid(uid), uid]));
  for (const part of ['principal', 'resource'] as const) {
    const types = new Set(requests.map((request) => request[part].entityType));
    const count = [...uids.values()].filter(({ type }) => types.has(type)).length;
    if (count > MAX_ENTITIES) throw invalid('entities', `must hold at most ${MAX_ENTITIES} ${part}s.`);
  }
}
