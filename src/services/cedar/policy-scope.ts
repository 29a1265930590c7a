import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { formatUid, type EntityUid } from './values.js';

/** Which principals (or resources) a policy's scope admits; uids in the form of `formatUid`. */
export type EntityScope =
  | { readonly kind: 'any' }
  | { readonly kind: 'is'; readonly type: string }
  | { readonly kind: 'equals'; readonly uid: string }
  | { readonly kind: 'in'; readonly uid: string; readonly type?: string };

/** Which actions a policy's scope admits. */
export type ActionScope =
  | { readonly kind: 'any' }
  | { readonly kind: 'equals'; readonly uid: string }
  | { readonly kind: 'in'; readonly uids: readonly string[] };

/** The head of a policy: what must match before its conditions are looked at. It can be judged without the engine. */
export interface PolicyScope {
  readonly principal: EntityScope;
  readonly action: ActionScope;
  readonly resource: EntityScope;
}

/** One of the three entities of a request as scopes see it. */
export interface ScopeSubject {
  readonly type: string;
  readonly uid: string;
  /** The entity itself and everything that it is in, by whatever number of steps. */
  readonly lineage: ReadonlySet<string>;
}

export interface ScopeSubjects {
  readonly principal: ScopeSubject;
  readonly action: ScopeSubject;
  readonly resource: ScopeSubject;
}

/** Reads the scope of a static policy from its JSON form (https://docs.cedarpolicy.com/policies/json-format.html). */
export function readScope({ principal, action, resource }: PolicyJson): PolicyScope {
  return {
    principal: readEntityScope(principal),
    action: readActionScope(action),
    resource: readEntityScope(resource),
  };
}

function readEntityScope(constraint: PolicyJson['principal'] | PolicyJson['resource']): EntityScope {
  switch (constraint.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'equals', uid: keyOf(constraint) };
    case 'in':
      return { kind: 'in', uid: keyOf(constraint) };
    case 'is': {
      const type = constraint.entity_type;
      return constraint.in === undefined
        ? { kind: 'is', type }
        : { kind: 'in', uid: keyOf(constraint.in), type };
    }
  }
}

function readActionScope(constraint: PolicyJson['action']): ActionScope {
  switch (constraint.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'equals', uid: keyOf(constraint) };
    case 'in':
      return {
        kind: 'in',
        uids: 'entities' in constraint ? constraint.entities.map(keyOfUid) : [keyOf(constraint)],
      };
  }
}

type UidJson = EntityUid | { __entity: EntityUid };

function keyOf(constraint: { entity: UidJson } | { slot: string }): string {
  if ('slot' in constraint) throw new TypeError('A static policy has no slots.');
  return keyOfUid(constraint.entity);
}

const keyOfUid = (uid: UidJson): string => formatUid('__entity' in uid ? uid.__entity : uid);

/** Does a policy of this scope look at its conditions for such a request? */
export function scopeMatches(scope: PolicyScope, { principal, action, resource }: ScopeSubjects): boolean {
  return (
    entityMatches(scope.principal, principal) &&
    actionMatches(scope.action, action) &&
    entityMatches(scope.resource, resource)
  );
}

function entityMatches(scope: EntityScope, subject: ScopeSubject): boolean {
  switch (scope.kind) {
    case 'any':
      return true;
    case 'is':
      return scope.type === subject.type;
    case 'equals':
      return scope.uid === subject.uid;
    case 'in':
      return (scope.type ?? subject.type) === subject.type && subject.lineage.has(scope.uid);
  }
}

function actionMatches(scope: ActionScope, subject: ScopeSubject): boolean {
  switch (scope.kind) {
    case 'any':
      return true;
    case 'equals':
      return scope.uid === subject.uid;
    case 'in':
      return scope.uids.some((uid) => subject.lineage.has(uid));
  }
}
