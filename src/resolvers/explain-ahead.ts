import { Kind, type GraphQLResolveInfo, type SelectionNode, type SelectionSetNode } from 'graphql';

import type { RequestContext } from '../context.js';
import type { Asker } from '../services/authentication/asker.js';
import type { Decision } from '../services/authorization/decision.js';
import { APPLICATION } from '../services/authorization/names.js';
import { isPromise, type MaybePromise } from '../services/maybe-promise.js';

/** Fields of a decision that only those see who may explain decisions. */
const EXPLAINING: ReadonlySet<string> = new Set(['determiningPolicies', 'errors']);

/** May they see what explains a decision? Never throws nor rejects. */
export const mayExplain = (asker: Asker, context: RequestContext): MaybePromise<Decision> =>
  context.ask(asker, 'explainDecision', APPLICATION);

/**
 * Asks beside decisions that are waited for whether their asker may see what explains them, where the operation wants that: once
 * they are there, it would be asked in a wave of its own.
 */
export function explainAhead<Decided>(
  decided: MaybePromise<Decided>,
  asker: Asker,
  context: RequestContext,
  info: GraphQLResolveInfo,
): MaybePromise<Decided> {
  if (isPromise(decided) && namesExplanation(info)) void mayExplain(asker, context);
  return decided;
}

/** Whatever its directives say: a question too many is one more in the same call. */
function namesExplanation({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const spread = new Set<string>();
  const isNamedIn = (selectionSet: SelectionSetNode | undefined): boolean =>
    selectionSet?.selections.some(isNamedBy) ?? false;
  const isNamedBy = (node: SelectionNode): boolean => {
    if (node.kind === Kind.FIELD) return EXPLAINING.has(node.name.value);
    if (node.kind === Kind.INLINE_FRAGMENT) return isNamedIn(node.selectionSet);
    const name = node.name.value;
    if (spread.has(name)) return false;
    spread.add(name);
    return isNamedIn(fragments[name]?.selectionSet);
  };
  return fieldNodes.some(({ selectionSet }) => isNamedIn(selectionSet));
}
