import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { collectUids } from './entity-closure.js';
import { formatUid } from './values.js';

/** What people are in. It is read of principals alone: of a whole page of people it would be a read for each. */
const ROLE = 'Identity::Role';

type Node = Readonly<Record<string, unknown>>;

/** What looks into the entity on its left: its attributes, its tags, or what it is in. */
const LOOKING_OPERATORS = ['.', 'has', 'getTag', 'hasTag', 'in'] as const;

/**
 * Why a policy rests on what is not known of a question, so that Cedar would pass over it, forbids included; undefined where it
 * does not. Known are the principal with their roles, the resource, and what these, the context and their attributes name.
 */
export function unknownGrounds({ resource, conditions }: PolicyJson): string | undefined {
  if (resource.op === 'in' && names(resource, ROLE)) return OTHERS_ROLES;
  if (resource.op === 'is' && names(resource.in, ROLE)) return OTHERS_ROLES;
  const pending: unknown[] = conditions.map(({ body }) => body);
  while (pending.length > 0) {
    const next = pending.pop();
    if (!isNode(next)) continue;
    const fault = faultOf(next);
    if (fault !== undefined) return fault;
    pending.push(...Object.values(next));
  }
  return undefined;
}

const OTHERS_ROLES =
  'it asks for the roles of somebody who is not the principal: roles are known of principals alone';

const lookingInto = (literal: string) =>
  `it looks into ${literal}, of which nothing is known: no question names it`;

function faultOf(node: Node): string | undefined {
  for (const operator of LOOKING_OPERATORS) {
    const literal = literalIn(operandsOf(node, operator)?.left);
    if (literal !== undefined) return lookingInto(literal);
  }
  const membership = operandsOf(node, 'in');
  if (membership && !isPrincipal(membership.left) && names(membership.right, ROLE)) return OTHERS_ROLES;
  const typed = operandsOf(node, 'is');
  const inside = typed?.in === undefined ? undefined : literalIn(typed.left);
  if (inside !== undefined) return lookingInto(inside);
  if (typed && !isPrincipal(typed.left) && names(typed.in, ROLE)) return OTHERS_ROLES;
  return undefined;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function operandsOf(node: Node, operator: string): Node | undefined {
  const operands = Object.hasOwn(node, operator) ? node[operator] : undefined;
  return isNode(operands) ? operands : undefined;
}

const isPrincipal = (expression: unknown): boolean => isNode(expression) && expression['Var'] === 'principal';

/** The first entity that an expression names, for it may come to that one. */
function literalIn(expression: unknown): string | undefined {
  let literal: string | undefined;
  collectUids(expression, (uid) => (literal ??= formatUid(uid)));
  return literal;
}

function names(expression: unknown, type: string): boolean {
  let isNamed = false;
  collectUids(expression, (uid) => (isNamed ||= uid.type === type));
  return isNamed;
}
