import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { readScope, type EntityScope } from './policy-scope.js';

/**
 * Why a policy may decide about more than some namespaces, so that a team could let people into, or keep them out of, what is
 * another's; undefined where its scope admits nothing but actions of those, or resources.
 */
export function beyond(namespaces: readonly string[], policy: PolicyJson): string | undefined {
  const { action, resource } = readScope(policy);
  const isOwn = (typeOrUid: string) => namespaces.some((namespace) => namespaceOf(typeOrUid) === namespace);
  const areOwnActions =
    action.kind === 'equals' ? isOwn(action.uid) : action.kind === 'in' && action.uids.every(isOwn);
  const type = typeOf(resource);
  if (areOwnActions || (type !== undefined && isOwn(type))) return undefined;
  return `it may decide about more than ${namespaces.join(' and ')}: its scope must name actions or a type of resource of its own namespace`;
}

/** The type, or a uid of it, where the scope admits no other. */
function typeOf(scope: EntityScope): string | undefined {
  switch (scope.kind) {
    case 'any':
      return undefined;
    case 'is':
      return scope.type;
    case 'equals':
      return scope.uid;
    case 'in':
      return scope.type;
  }
}

/** Of `Documents::Document` and of `Documents::Document::"1"`. An id may hold anything, and comes last. */
function namespaceOf(typeOrUid: string): string {
  const [type = ''] = typeOrUid.split('::"');
  return type.slice(0, Math.max(0, type.lastIndexOf('::')));
}
