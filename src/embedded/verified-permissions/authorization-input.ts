import { z } from 'zod';

import {
  isActionType,
  isEntityUid,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
} from '../../services/cedar/values.js';
import { attributeRecord, toCedarRecord } from './attribute-values.js';
import { invalid } from './exceptions.js';
import { actionIdentifier, entityIdentifier } from './input.js';

/** One question, as IsAuthorized and each item of BatchIsAuthorized put it. */
export const question = z.object({
  principal: entityIdentifier,
  action: actionIdentifier,
  resource: entityIdentifier,
  context: z
    .union(
      [z.strictObject({ contextMap: attributeRecord }), z.strictObject({ cedarJson: z.string() })],
      'must have either a well-formed contextMap or cedarJson',
    )
    .optional(),
});

export type Question = z.output<typeof question>;

const entityItem = z.object({
  identifier: entityIdentifier,
  attributes: attributeRecord.optional(),
  parents: z.array(entityIdentifier).optional(),
  tags: attributeRecord.optional(),
});

export const entitiesDefinition = z.union(
  [z.strictObject({ entityList: z.array(entityItem) }), z.strictObject({ cedarJson: z.string() })],
  'must have either a well-formed entityList or cedarJson',
);

type Identifier = z.output<typeof entityIdentifier>;

const toUid = ({ entityType, entityId }: Identifier): EntityUid => ({ type: entityType, id: entityId });

/** The question in the engine's terms. @throws AwsServiceError ValidationException */
export function readQuestion({ principal, action, resource, context }: Question, path: string) {
  return {
    principal: toUid(principal),
    action: { type: action.actionType, id: action.actionId },
    resource: toUid(resource),
    context: context === undefined ? {} : readContext(context, path),
  };
}

function readContext(context: NonNullable<Question['context']>, path: string): CedarRecord {
  if ('contextMap' in context) return toCedarRecord(context.contextMap);
  const value = parseCedarJson(context.cedarJson, `${path}context.cedarJson`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${path}context.cedarJson`, 'must hold a JSON object.');
  }
  return value as CedarRecord;
}

/** The entities in the engine's terms. @throws AwsServiceError ValidationException */
export function readEntities(definition: z.output<typeof entitiesDefinition> | undefined): CedarEntity[] {
  if (definition === undefined) return [];
  const entities =
    'entityList' in definition
      ? definition.entityList.map(readEntityItem)
      : readCedarJson(definition.cedarJson);
  const action = entities.find(({ uid }) => isActionType(uid.type));
  if (action !== undefined) throw invalid('entities', 'must hold no actions: they come from the schema.');
  return entities;
}

const readEntityItem = ({
  identifier,
  attributes = {},
  parents = [],
  tags,
}: z.output<typeof entityItem>): CedarEntity => ({
  uid: toUid(identifier),
  attrs: toCedarRecord(attributes),
  parents: parents.map(toUid),
  ...(tags && { tags: toCedarRecord(tags) }),
});

/** Cedar's own entity format; the engine screens the attributes. */
function readCedarJson(text: string): CedarEntity[] {
  const path = 'entities.cedarJson';
  const value = parseCedarJson(text, path);
  if (!Array.isArray(value)) throw invalid(path, 'must hold a JSON array.');
  return value.map((entity: unknown, index) => {
    const { uid, attrs = {}, parents = [], tags } = asRecord(entity);
    const read = bareUid(uid);
    if (
      read === undefined ||
      !isRecord(attrs) ||
      !Array.isArray(parents) ||
      !(tags === undefined || isRecord(tags))
    ) {
      throw invalid(path, `the entity at ${index} is not { uid, attrs, parents, tags }.`);
    }
    return {
      uid: read,
      attrs: attrs as CedarRecord,
      parents: parents.map((parent) => {
        const known = bareUid(parent);
        if (known === undefined)
          throw invalid(path, `a parent of the entity at ${index} is not { type, id }.`);
        return known;
      }),
      ...(tags !== undefined && { tags: tags as CedarRecord }),
    };
  });
}

function bareUid(value: unknown): EntityUid | undefined {
  const escaped = asRecord(value)['__entity'];
  const uid = escaped ?? value;
  return isEntityUid(uid) ? { type: uid.type, id: uid.id } : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

function parseCedarJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(path, 'must hold JSON.');
  }
}
