import type { Schema, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';

import { describeAll, offsetOf } from './detailed-errors.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import { createTypeResolver, type CedarAttributes } from './schema-types.js';
import { screenJson } from './screening.js';
import { isTooDeeplyNested } from './statement-nesting.js';
import { formatUid, isWellFormed, type EntityUid } from './values.js';

/** A schema that Cedar refuses. The message is one line. */
export class CedarSchemaError extends Error {
  override readonly name = 'CedarSchemaError';

  constructor(
    message: string,
    /** Where in the text, in UTF-16 code units. */
    readonly offset?: number,
  ) {
    super(message);
  }
}

export type ContextCheck = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** A parsed Cedar schema. Types and actions are named in full: `Identity::User`, `{ type: 'Identity::Action', id: … }`. */
export interface CedarSchema {
  /** The schema as JSON text, the only form that Verified Permissions takes. */
  readonly json: string;
  /** The namespaces that it declares; the one without a name is the empty string. */
  readonly namespaces: readonly string[];
  readonly entityTypes: readonly string[];
  readonly actions: readonly EntityUid[];
  /** Unique in this process: what was preparsed for this schema is found by it. */
  readonly key: string;
  hasAction(action: EntityUid): boolean;
  hasEntityType(type: string): boolean;
  /** May a request join these three? */
  appliesTo(action: EntityUid, principalType: string, resourceType: string): boolean;
  /** The action itself and every group that it is in, as `formatUid` writes them. */
  actionLineage(action: EntityUid): ReadonlySet<string>;
  /** The attributes of the action's context; undefined where there is no such action. */
  contextAttributes(action: EntityUid): CedarAttributes | undefined;
  /** The attributes of an entity type; undefined where there is no such type. */
  entityAttributes(type: string): CedarAttributes | undefined;
  /** Is this a context that the action admits? Screens it first. @throws CedarUnavailableError */
  checkContext(action: EntityUid, context: unknown): ContextCheck;
}

interface ActionFacts {
  readonly uid: EntityUid;
  readonly principals: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly groups: readonly string[];
  readonly context: CedarAttributes;
}

let parsed = 0;

/**
 * Parses a schema, in Cedar's own syntax or as JSON (which it is taken for when it begins with `{`).
 * @throws CedarSchemaError
 * @throws CedarUnavailableError
 */
export function parseSchema(text: string, engine: CedarEngine = cedarEngine): CedarSchema {
  const source = readSource(text);
  const json = toJson(source, engine);
  const resolvedJson = resolveNames(source, engine);
  const types = createTypeResolver(resolvedJson);
  const entityTypes = new Map<string, CedarAttributes>();
  const actions = new Map<string, ActionFacts>();
  for (const [namespace, definition] of Object.entries(resolvedJson)) {
    const prefix = namespace === '' ? '' : `${namespace}::`;
    for (const [name, type] of Object.entries(definition.entityTypes)) {
      entityTypes.set(`${prefix}${name}`, types.attributes('shape' in type ? type.shape : undefined));
    }
    for (const [id, { appliesTo, memberOf = [] }] of Object.entries(definition.actions)) {
      const uid = { type: `${prefix}Action`, id };
      actions.set(formatUid(uid), {
        uid,
        principals: new Set(appliesTo?.principalTypes),
        resources: new Set(appliesTo?.resourceTypes),
        groups: memberOf.map((group) => formatUid({ type: group.type ?? uid.type, id: group.id })),
        context: types.attributes(appliesTo?.context),
      });
    }
  }
  const key = `schema-${(parsed += 1)}`;

  return {
    json: JSON.stringify(json),
    namespaces: Object.keys(json),
    entityTypes: [...entityTypes.keys()],
    actions: [...actions.values()].map(({ uid }) => uid),
    key,
    hasAction: (action) => actions.has(formatUid(action)),
    hasEntityType: (type) => entityTypes.has(type),
    appliesTo(action, principalType, resourceType) {
      const facts = actions.get(formatUid(action));
      return facts !== undefined && facts.principals.has(principalType) && facts.resources.has(resourceType);
    },
    actionLineage(action) {
      const lineage = new Set([formatUid(action)]);
      for (const member of lineage) for (const group of actions.get(member)?.groups ?? []) lineage.add(group);
      return lineage;
    },
    contextAttributes: (action) => actions.get(formatUid(action))?.context,
    entityAttributes: (type) => entityTypes.get(type),
    checkContext(action, context) {
      const refusal = refusalOfContext(context);
      if (refusal !== undefined) return { ok: false, message: refusal };
      if (!actions.has(formatUid(action))) {
        return { ok: false, message: `The schema has no action ${formatUid(action)}.` };
      }
      const answer = engine.module.run((wasm) =>
        wasm.checkParseContext({ context: context as never, schema: json, action: { ...action } }),
      );
      return answer.type === 'success' ? { ok: true } : { ok: false, message: describeAll(answer.errors) };
    },
  };
}

/** Why a context cannot be handed to the engine; undefined when it can. */
export function refusalOfContext(context: unknown): string | undefined {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    return 'The context is not a record.';
  }
  const screening = screenJson(context);
  return screening.ok ? undefined : `In the context: ${screening.message}`;
}

function readSource(text: string): Schema {
  if (!isWellFormed(text)) throw new CedarSchemaError('The schema is not well-formed Unicode.');
  if (!text.trimStart().startsWith('{')) {
    if (isTooDeeplyNested(text)) throw new CedarSchemaError('The schema is nested too deeply.');
    return text;
  }
  const json = parseJson(text);
  const screening = screenJson(json, { maxDepth: 60 });
  if (!screening.ok) throw new CedarSchemaError(`In the schema: ${screening.message}`);
  return json as SchemaJson<string>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CedarSchemaError('The schema begins like JSON and is not JSON.');
  }
}

function toJson(source: Schema, { module }: CedarEngine): SchemaJson<string> {
  const check = module.run((wasm) => wasm.checkParseSchema(source));
  if (check.type === 'failure') throw schemaError(check.errors, source);
  const answer = module.run((wasm) => wasm.schemaToJson(source));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.json;
}

function resolveNames(source: Schema, { module }: CedarEngine): SchemaJson<string> {
  const text = typeof source === 'string' ? source : toText(source, module);
  const answer = module.run((wasm) => wasm.schemaToJsonWithResolvedTypes(text));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.json;
}

function toText(source: Schema, module: CedarEngine['module']): string {
  const answer = module.run((wasm) => wasm.schemaToText(source));
  if (answer.type === 'failure') throw schemaError(answer.errors, source);
  return answer.text;
}

function schemaError(errors: Parameters<typeof describeAll>[0], source: Schema): CedarSchemaError {
  const first = errors[0];
  const offset = first === undefined || typeof source !== 'string' ? undefined : offsetOf(first, source);
  return new CedarSchemaError(describeAll(errors), offset);
}
