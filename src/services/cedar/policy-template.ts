import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { cedarEngine, type CedarEngine } from './engine.js';
import {
  CedarPolicyError,
  parseStatement,
  parseTemplateStatement,
  type PolicySource,
} from './policy-statement.js';
import { tokenize } from './statement-tokens.js';
import { isEntityUid, type EntityUid } from './values.js';

/** What a template leaves open: `?principal` and `?resource`, each at most once, in its scope alone. */
export type Slot = 'principal' | 'resource';

/** What is put into the slots: exactly those that the template has. */
export type SlotValues = Readonly<Partial<Record<Slot, EntityUid>>>;

/** The static policy that a template and the values of its slots amount to. */
export interface LinkedPolicy {
  /** The template's text, annotations and comments included, with its slots filled. */
  readonly statement: string;
  /** What the statement parses to. Links of one template share its conditions. */
  readonly json: PolicyJson;
}

/** A template, parsed once for any number of links. */
export interface PolicyTemplate {
  readonly json: PolicyJson;
  /** At least one. */
  readonly slots: readonly Slot[];
  /**
   * Fills the slots, which costs a few microseconds.
   * @param id what an error calls the policy
   * @throws CedarPolicyError when a slot gets no value, a value has no slot, or a value is no uid that Cedar could write
   * @throws CedarUnavailableError
   */
  link(id: string, values: SlotValues): LinkedPolicy;
}

const SLOTS: readonly Slot[] = ['principal', 'resource'];

/**
 * Parses a template (https://docs.cedarpolicy.com/policies/templates.html).
 * @throws CedarPolicyError when it does not parse, is a static policy or is nested too deeply
 * @throws CedarUnavailableError
 */
export function parseTemplate(source: PolicySource, engine: CedarEngine = cedarEngine): PolicyTemplate {
  const parsed = parseTemplateStatement(source, engine);
  if (!parsed.ok) throw new CedarPolicyError([parsed.issue]);
  const { json } = parsed;
  const slots = SLOTS.filter((slot) => slotIn(json[slot]) !== undefined);
  const pieces = cutAtSlots(source.statement);
  /** Types that Cedar takes for names; those that are words of its own it does not. */
  const types = new Set<string>();

  const faultOf = (slot: Slot, value: unknown): string | undefined => {
    if (!slots.includes(slot)) return value === undefined ? undefined : `the template has no slot ?${slot}`;
    if (value === undefined) return `the slot ?${slot} has no value`;
    if (!isEntityUid(value)) return `the value of ?${slot} is not a well-formed uid`;
    if (types.has(value.type)) return undefined;
    const statement = `permit (principal is ${value.type}, action, resource);`;
    if (!parseStatement({ id: source.id, statement }, engine).ok) {
      return `the type of the value of ?${slot} is not one that Cedar can have`;
    }
    types.add(value.type);
    return undefined;
  };

  return {
    json,
    slots,
    link(id, values) {
      const faults = SLOTS.flatMap((slot) => faultOf(slot, values[slot]) ?? []);
      if (faults.length > 0) throw new CedarPolicyError(faults.map((message) => ({ policyId: id, message })));
      return {
        statement: pieces.map((piece) => (isSlot(piece) ? writeUid(values[piece.slot]) : piece)).join(''),
        json: {
          ...json,
          principal: fill(json.principal, values.principal),
          resource: fill(json.resource, values.resource),
        },
      };
    },
  };
}

/**
 * The static policy, as Cedar text, that a template and the values of its slots amount to.
 * @throws CedarPolicyError as `parseTemplate` and its `link`
 * @throws CedarUnavailableError
 */
export const instantiateTemplate = (
  template: string,
  values: SlotValues,
  engine: CedarEngine = cedarEngine,
): string =>
  parseTemplate({ id: 'template', statement: template }, engine).link('template', values).statement;

type Constraint = PolicyJson['principal'] | PolicyJson['resource'];

function slotIn(constraint: Constraint): string | undefined {
  if (constraint.op === 'All') return undefined;
  const named = constraint.op === 'is' ? constraint.in : constraint;
  return named !== undefined && 'slot' in named ? named.slot : undefined;
}

/** The constraint with its slot, if it has one, filled. */
function fill(constraint: Constraint, value: EntityUid | undefined): Constraint {
  const entity = value && { type: value.type, id: value.id };
  if (entity === undefined) return constraint;
  switch (constraint.op) {
    case 'All':
      return constraint;
    case '==':
      return { op: '==', entity };
    case 'in':
      return { op: 'in', entity };
    case 'is':
      return { op: 'is', entity_type: constraint.entity_type, in: { entity } };
  }
}

/** A text between slots, or a slot. */
type Piece = string | { readonly slot: Slot };

const isSlot = (piece: Piece): piece is { readonly slot: Slot } => typeof piece !== 'string';

/** Outside strings and comments a template has no question mark but that of a slot, which its name follows at once. */
function cutAtSlots(statement: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let mark: number | undefined;
  for (const { kind, text, start, end } of tokenize(statement)) {
    const slot = kind === 'word' && mark !== undefined ? SLOTS.find((name) => name === text) : undefined;
    if (slot !== undefined) {
      pieces.push(statement.slice(from, mark), { slot });
      from = end;
    }
    mark = kind === 'symbol' && text === '?' ? start : undefined;
  }
  return [...pieces, statement.slice(from)];
}

/** What Cedar's strings must or, being invisible, had better escape. */
const ESCAPED = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escape = (character: string): string =>
  character === '"' || character === '\\'
    ? `\\${character}`
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

const writeUid = (uid: EntityUid | undefined): string =>
  uid === undefined ? '' : `${uid.type}::"${uid.id.replace(ESCAPED, escape)}"`;
