/** One question, by the names of its ends. */
export interface Edge {
  readonly principal: string;
  readonly resource: string;
}

/**
 * So many calls it takes at least where those of one call share their principal or their resource, and are no more than
 * `capacity`. No call is about two questions that have nothing to do with each other, by whatever steps, so each such part
 * is counted by itself: as many calls as its questions fill, and as many as it has questions no two of which share an end.
 */
export function fewestCalls(edges: readonly Edge[], capacity: number): number {
  return partsOf(edges).reduce(
    (sum, part) => sum + Math.max(Math.ceil(part.length / capacity), matchingSize(part)),
    0,
  );
}

/** The edges that are connected with each other. */
function partsOf(edges: readonly Edge[]): Edge[][] {
  const leaders = new Map<string, string>();
  const leaderOf = (end: string): string => {
    let at = end;
    for (let next = leaders.get(at); next !== undefined; next = leaders.get(at)) at = next;
    return at;
  };
  for (const { principal, resource } of edges) {
    const [one, other] = [leaderOf(`p ${principal}`), leaderOf(`r ${resource}`)];
    if (one !== other) leaders.set(one, other);
  }
  const parts = new Map<string, Edge[]>();
  for (const edge of edges) {
    const leader = leaderOf(`p ${edge.principal}`);
    parts.set(leader, [...(parts.get(leader) ?? []), edge]);
  }
  return [...parts.values()];
}

/** The most edges of which no two share an end: a maximum matching, by augmenting paths. */
function matchingSize(edges: readonly Edge[]): number {
  const resourcesOf = new Map<string, Set<string>>();
  for (const { principal, resource } of edges) {
    resourcesOf.set(principal, (resourcesOf.get(principal) ?? new Set()).add(resource));
  }
  const holders = new Map<string, string>();
  const place = (principal: string, tried: Set<string>): boolean => {
    for (const resource of resourcesOf.get(principal) ?? []) {
      if (tried.has(resource)) continue;
      tried.add(resource);
      const holder = holders.get(resource);
      if (holder === undefined || place(holder, tried)) {
        holders.set(resource, principal);
        return true;
      }
    }
    return false;
  };
  return [...resourcesOf.keys()].filter((principal) => place(principal, new Set())).length;
}
