import {
  scopeMatches,
  type ActionScope,
  type EntityScope,
  type PolicyScope,
  type ScopeSubject,
  type ScopeSubjects,
} from './policy-scope.js';

/** Finds the policies whose scope matches a request without looking at all of them. */
export interface ScopeIndex {
  /** Positions in the list that the index was made of, ascending. */
  candidates(subjects: ScopeSubjects): number[];
}

const PARTS = ['principal', 'action', 'resource'] as const;

export function indexScopes(scopes: readonly PolicyScope[]): ScopeIndex {
  const indexes = PARTS.map((part) => {
    const shelves = new Map<string, number[]>();
    scopes.forEach((scope, position) => {
      for (const key of shelvesOf(scope[part])) {
        const shelf = shelves.get(key);
        if (shelf === undefined) shelves.set(key, [position]);
        else shelf.push(position);
      }
    });
    return { part, shelves };
  });

  return {
    candidates(subjects) {
      const choices = indexes.map(({ part, shelves }) =>
        keysOf(subjects[part]).flatMap((key) => shelves.get(key) ?? []),
      );
      const fewest = choices.reduce((best, choice) => (choice.length < best.length ? choice : best));
      const matching = fewest.filter((position) => {
        const scope = scopes[position];
        return scope !== undefined && scopeMatches(scope, subjects);
      });
      return [...new Set(matching)].sort((a, b) => a - b);
    },
  };
}

/** Under which keys a scope is kept. */
function shelvesOf(scope: EntityScope | ActionScope): Set<string> {
  switch (scope.kind) {
    case 'any':
      return new Set(['any']);
    case 'is':
      return new Set([`is ${scope.type}`]);
    case 'equals':
      return new Set([`in ${scope.uid}`]);
    case 'in':
      return new Set(('uids' in scope ? scope.uids : [scope.uid]).map((uid) => `in ${uid}`));
  }
}

/** Under which keys a scope that matches this subject must be kept. */
const keysOf = ({ type, lineage }: ScopeSubject): string[] => [
  'any',
  `is ${type}`,
  ...[...lineage].map((uid) => `in ${uid}`),
];
