import type { AuthorizationAnswer, CheckParseAnswer } from '@cedar-policy/cedar-wasm/nodejs';

import { describeAll } from './detailed-errors.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import type { PreparsedContent } from './preparsed-slots.js';
import { schemaContent } from './schema-content.js';
import { readSchemaSource } from './schema-source.js';
import { createTypeResolver, type CedarAttributes } from './schema-types.js';
import { screenJson, type ScreeningLimits } from './screening.js';
import type { CedarWasm } from './wasm-module.js';
import { formatUid, type CedarEntity, type CedarRecord, type EntityUid } from './values.js';

export { CedarSchemaError } from './schema-source.js';

/** Whether something suits the schema, and if not, in what. */
export type SchemaCheck = { readonly ok: true } | { readonly ok: false; readonly message: string };

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
  /** Whether the schema lists the ids that entities of this type may have. */
  isEnumerated(type: string): boolean;
  /** The attributes of an entity type; undefined where there is no such type. */
  entityAttributes(type: string): CedarAttributes | undefined;
  /** Is this a context that the action admits? Screens it first. @throws CedarUnavailableError */
  checkContext(action: EntityUid, context: unknown): SchemaCheck;
  /**
   * Do the attributes of an entity suit its type? They have been screened.
   * @param action one that may be asked about something, in a context that it admits
   * @throws CedarUnavailableError
   */
  checkAttributes(
    asked: { readonly action: EntityUid; readonly context: CedarRecord },
    entity: Pick<CedarEntity, 'uid' | 'attrs'>,
  ): SchemaCheck;
}

interface ActionFacts {
  readonly uid: EntityUid;
  readonly principals: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly groups: readonly string[];
  readonly context: CedarAttributes;
}

let parsed = 0;

/** Schemas are parsed for each policy that is checked against them, and are few. */
const REMEMBERED = 16;
const remembered = new WeakMap<CedarEngine, Map<string, CedarSchema>>();

/**
 * Parses a schema, in Cedar's own syntax or as JSON (which it is taken for when it begins with `{`). The latest ones are
 * remembered by their text.
 * @throws CedarSchemaError
 * @throws CedarUnavailableError
 */
export function parseSchema(text: string, engine: CedarEngine = cedarEngine): CedarSchema {
  const known = remembered.get(engine) ?? new Map<string, CedarSchema>();
  remembered.set(engine, known);
  const schema = known.get(text) ?? parseAnew(text, engine);
  // The one just used goes to the end, so that the first is the one to forget.
  known.delete(text);
  known.set(text, schema);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  return schema;
}

function parseAnew(source: string, engine: CedarEngine): CedarSchema {
  const { json, resolved: resolvedJson } = readSchemaSource(source, engine);
  const types = createTypeResolver(resolvedJson);
  const entityTypes = new Map<string, CedarAttributes>();
  /** The ids that there may be, by the type. */
  const enumerated = new Map<string, readonly string[]>();
  const actions = new Map<string, ActionFacts>();
  for (const [namespace, definition] of Object.entries(resolvedJson)) {
    const prefix = namespace === '' ? '' : `${namespace}::`;
    for (const [name, type] of Object.entries(definition.entityTypes)) {
      if ('enum' in type) enumerated.set(`${prefix}${name}`, type.enum);
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
  const lineages = new Map([...actions.keys()].map((action) => [action, lineageOf(action, actions)]));
  const key = `schema-${(parsed += 1)}`;
  const text = JSON.stringify(json);
  const content = schemaContent({ key, json: text });

  return {
    json: text,
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
      const key = formatUid(action);
      return lineages.get(key) ?? new Set([key]);
    },
    contextAttributes: (action) => actions.get(formatUid(action))?.context,
    isEnumerated: (type) => enumerated.has(type),
    entityAttributes: (type) => entityTypes.get(type),
    checkContext(action, context) {
      const refusal = refusalOfContext(context);
      if (refusal !== undefined) return { ok: false, message: refusal };
      const facts = actions.get(formatUid(action));
      if (facts === undefined) return { ok: false, message: noAction(action) };
      const request = placeholderRequest(facts, enumerated);
      // Nothing can be asked of such an action, so this, which takes long, is not in anybody's way.
      if (request === undefined) {
        return checkBy((wasm) =>
          wasm.checkParseContext({ context: context as never, schema: json, action: { ...action } }),
        );
      }
      return hold(request, context as CedarRecord, []);
    },
    checkAttributes({ action, context }, { uid, attrs }) {
      const facts = actions.get(formatUid(action));
      const request = facts && placeholderRequest(facts, enumerated);
      if (request === undefined) return { ok: false, message: noAction(action) };
      return hold(request, context, [{ uid, attrs, parents: [] }]);
    },
  };

  /** Holds a request and entities against this schema, and decides nothing. */
  function hold(request: Asked, context: CedarRecord, entities: readonly CedarEntity[]): SchemaCheck {
    return checkBy((wasm) =>
      wasm.statefulIsAuthorized({
        ...request,
        context: context as never,
        entities: entities as never,
        validateRequest: true,
        preparsedPolicySetId: engine.policySlots.nameOf(wasm, NO_POLICIES),
        preparsedSchemaName: engine.schemaSlots.nameOf(wasm, content),
      }),
    );
  }

  function checkBy(ask: (wasm: CedarWasm) => CheckParseAnswer | AuthorizationAnswer): SchemaCheck {
    const answer = engine.module.run(ask);
    return answer.type === 'success' ? { ok: true } : { ok: false, message: describeAll(answer.errors) };
  }
}

const noAction = (action: EntityUid): string => `The schema has no action ${formatUid(action)}.`;

function lineageOf(action: string, actions: ReadonlyMap<string, ActionFacts>): ReadonlySet<string> {
  const lineage = new Set([action]);
  // A Set may grow while it is walked through.
  for (const member of lineage) for (const group of actions.get(member)?.groups ?? []) lineage.add(group);
  return lineage;
}

const NO_POLICIES: PreparsedContent = {
  key: 'no-policies',
  weight: 0,
  parse: (wasm, name) => void wasm.preparsePolicySet(name, { staticPolicies: {} }),
};

interface Asked {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
}

/**
 * A request that is good but for its context, so that what Cedar says of it is said of that: it holds requests against a schema
 * that is parsed already, and contexts alone against the text of one, which takes thirty times as long and more for a larger schema.
 * Undefined where the action is for nobody or nothing.
 */
function placeholderRequest(
  { uid, principals, resources }: ActionFacts,
  enumerated: ReadonlyMap<string, readonly string[]>,
): Asked | undefined {
  const [principal] = principals;
  const [resource] = resources;
  if (principal === undefined || resource === undefined) return undefined;
  const oneOf = (type: string): EntityUid => ({ type, id: enumerated.get(type)?.[0] ?? '' });
  return { principal: oneOf(principal), action: { ...uid }, resource: oneOf(resource) };
}

/** Why a context cannot be handed to the engine; undefined when it can. */
export function refusalOfContext(context: unknown, limits?: ScreeningLimits): string | undefined {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    return 'The context is not a record.';
  }
  const screening = screenJson(context, limits);
  return screening.ok ? undefined : `In the context: ${screening.message}`;
}
