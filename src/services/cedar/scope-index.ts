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

/** So few scopes are looked at one by one faster than any of them is looked up. */
const FEW = 8;

/** Positions of scopes that have one key in common. */
type Shelf = readonly number[];

export function indexScopes(scopes: readonly PolicyScope[]): ScopeIndex {
  const matches = (position: number, subjects: ScopeSubjects): boolean => {
    const scope = scopes[position];
    return scope !== undefined && scopeMatches(scope, subjects);
  };

  if (scopes.length <= FEW) {
    const all = scopes.map((_, position) => position);
    return { candidates: (subjects) => all.filter((position) => matches(position, subjects)) };
  }

  const indexes = PARTS.map((part) => ({ part, shelves: shelve(scopes, part) }));
  return {
    candidates(subjects) {
      const choices = indexes.map(({ part, shelves }) => shelvesFor(subjects[part], shelves));
      const fewest = choices.reduce((best, choice) => (sizeOf(choice) < sizeOf(best) ? choice : best));
      const found = new Set(fewest.flat().filter((position) => matches(position, subjects)));
      return [...found].sort((a, b) => a - b);
    },
  };
}

function shelve(scopes: readonly PolicyScope[], part: (typeof PARTS)[number]): ReadonlyMap<string, Shelf> {
  const shelves = new Map<string, number[]>();
  scopes.forEach((scope, position) => {
    for (const key of keysOfScope(scope[part])) {
      const shelf = shelves.get(key);
      if (shelf === undefined) shelves.set(key, [position]);
      else shelf.push(position);
    }
  });
  return shelves;
}

/** Under which keys a scope is kept. */
function keysOfScope(scope: EntityScope | ActionScope): Set<string> {
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

/** The shelves on which each scope lies that matches this subject. */
function shelvesFor({ type, lineage }: ScopeSubject, shelves: ReadonlyMap<string, Shelf>): Shelf[] {
  const found: Shelf[] = [];
  for (const key of ['any', `is ${type}`]) {
    const shelf = shelves.get(key);
    if (shelf !== undefined) found.push(shelf);
  }
  for (const uid of lineage) {
    const shelf = shelves.get(`in ${uid}`);
    if (shelf !== undefined) found.push(shelf);
  }
  return found;
}

const sizeOf = (shelves: readonly Shelf[]): number =>
  shelves.reduce((total, { length }) => total + length, 0);
