import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { collectUids } from './entity-closure.js';
import { formatUid, isEntityUid } from './values.js';

/** What people are in. It is read of principals alone: of a whole page of people it would be a read for each. */
const ROLE = 'Identity::Role';

type Node = Readonly<Record<string, unknown>>;

const ATTRIBUTE_OPERATORS = ['.', 'has', 'getTag', 'hasTag'] as const;

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

function faultOf(node: Node): string | undefined {
  for (const operator of ATTRIBUTE_OPERATORS) {
    const literal = literalOf(operandsOf(node, operator)?.left);
    if (literal !== undefined) {
      return `it reads an attribute of ${literal}, which no question names: what is not named is not known`;
    }
  }
  const membership = operandsOf(node, 'in');
  if (membership && !isPrincipal(membership.left) && names(membership.right, ROLE)) return OTHERS_ROLES;
  const typed = operandsOf(node, 'is');
  if (typed && !isPrincipal(typed.left) && names(typed.in, ROLE)) return OTHERS_ROLES;
  return undefined;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function operandsOf(node: Node, operator: string): Node | undefined {
  const operands = Object.hasOwn(node, operator) ? node[operator] : undefined;
  return isNode(operands) ? operands : undefined;
}

const isPrincipal = (expression: unknown): boolean => isNode(expression) && expression['Var'] === 'principal';

/** The entity that an expression is, where it is the name of one. */
function literalOf(expression: unknown): string | undefined {
  const value = isNode(expression) ? expression['Value'] : undefined;
  const uid = isNode(value) ? value['__entity'] : undefined;
  return isEntityUid(uid) ? formatUid(uid) : undefined;
}

function names(expression: unknown, type: string): boolean {
  let isNamed = false;
  collectUids(expression, (uid) => (isNamed ||= uid.type === type));
  return isNamed;
}
