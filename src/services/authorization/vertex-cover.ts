/** A bipartite graph: `neighbours[left]` lists the right-hand vertices joined to a left-hand one. */
export interface BipartiteGraph {
  readonly neighbours: readonly (readonly number[])[];
  /** Number of right-hand vertices. */
  readonly rightSize: number;
}

/** Vertices such that every edge has at least one end among them. */
export interface VertexCover {
  readonly left: ReadonlySet<number>;
  readonly right: ReadonlySet<number>;
}

const FREE = -1;

/**
 * The smallest vertex cover of a bipartite graph, by Kőnig's theorem: with Z being what alternating
 * paths reach from the unmatched left vertices of a maximum matching, it is (L ∖ Z) ∪ (R ∩ Z).
 * Where several covers are smallest, this is the one with the most left-hand vertices.
 * O(V·E) time; no recursion.
 */
export function minimumVertexCover(graph: BipartiteGraph): VertexCover {
  const { partnerOfLeft, partnerOfRight } = maximumMatching(graph);
  const unmatched = [...partnerOfLeft.keys()].filter((left) => partnerOfLeft[left] === FREE);
  const reachedLeft = new Set(unmatched);
  const reachedRight = new Set<number>();
  // A Set is walked in the order of insertion, what is added on the way included: a breadth-first queue.
  for (const left of reachedLeft) {
    for (const right of graph.neighbours[left] ?? []) {
      reachedRight.add(right);
      const partner = partnerOfRight[right] ?? FREE;
      if (partner !== FREE) reachedLeft.add(partner);
    }
  }
  const left = [...partnerOfLeft.keys()].filter((vertex) => !reachedLeft.has(vertex));
  return { left: new Set(left), right: reachedRight };
}

/** A maximum matching by shortest augmenting paths, one breadth-first search for each left vertex. */
function maximumMatching({ neighbours, rightSize }: BipartiteGraph) {
  const partnerOfLeft = neighbours.map(() => FREE);
  const partnerOfRight = Array.from({ length: rightSize }, () => FREE);

  for (const start of neighbours.keys()) {
    const cameFrom = new Map<number, number>();
    let end = findFreeRight(start, cameFrom);
    while (end !== undefined) {
      const left = cameFrom.get(end) ?? start;
      const before = partnerOfLeft[left] ?? FREE;
      partnerOfLeft[left] = end;
      partnerOfRight[end] = left;
      end = before === FREE ? undefined : before;
    }
  }
  return { partnerOfLeft, partnerOfRight };

  /** The nearest unmatched right vertex; `cameFrom` then holds the left vertex before each right one. */
  function findFreeRight(start: number, cameFrom: Map<number, number>): number | undefined {
    const queue = [start];
    for (const left of queue) {
      for (const right of neighbours[left] ?? []) {
        if (cameFrom.has(right)) continue;
        cameFrom.set(right, left);
        const partner = partnerOfRight[right] ?? FREE;
        if (partner === FREE) return right;
        queue.push(partner);
      }
    }
    return undefined;
  }
}
