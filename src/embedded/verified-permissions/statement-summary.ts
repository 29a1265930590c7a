import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { cedarEngine } from '../../services/cedar/engine.js';
import { parseStatement } from '../../services/cedar/policy-statement.js';

/** The head of a policy as the API tells it. A part that is not narrowed down to entities is left out. */
export interface StatementSummary {
  effect?: 'Permit' | 'Forbid';
  principal?: { entityType: string; entityId: string };
  resource?: { entityType: string; entityId: string };
  actions?: { actionType: string; actionId: string }[];
}

/** Nothing is said of a statement that no longer parses. */
export function summarizeStatement(statement: string): StatementSummary {
  const parsed = parseStatement({ id: '', statement }, cedarEngine);
  if (!parsed.ok) return {};
  const { effect, action } = parsed.json;
  const principal = entityOf(parsed.json.principal);
  const resource = entityOf(parsed.json.resource);
  const actions = actionsOf(action);
  return {
    effect: effect === 'permit' ? 'Permit' : 'Forbid',
    ...(principal && { principal }),
    ...(resource && { resource }),
    ...(actions && { actions }),
  };
}

function entityOf(constraint: PolicyJson['principal'] | PolicyJson['resource']) {
  if (constraint.op === 'All') return undefined;
  const named = constraint.op === 'is' ? constraint.in : constraint;
  if (named === undefined || 'slot' in named) return undefined;
  const { type, id } = bare(named.entity);
  return { entityType: type, entityId: id };
}

function actionsOf(constraint: PolicyJson['action']) {
  if (constraint.op === 'All' || 'slot' in constraint) return undefined;
  const entities = 'entities' in constraint ? constraint.entities : [constraint.entity];
  return entities.map(bare).map(({ type, id }) => ({ actionType: type, actionId: id }));
}

type UidJson = { type: string; id: string } | { __entity: { type: string; id: string } };

const bare = (uid: UidJson) => ('__entity' in uid ? uid.__entity : uid);
