/** A page as the connection types of the schema show it (GraphQL Cursor Connections Specification). */
export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export interface Edge<Node> {
  /** Made when it is asked for: most queries ask for none, and sealing is work. */
  readonly cursor: string;
  readonly node: Node;
}

export interface PageEnds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where the page ends elsewhere than with its last edge. */
  readonly endCursor?: string | null;
}

/** An edge that seals its cursor when it is asked for. A class, as whatever has getters and is made by the hundred: see {@link PageInfo}. */
export class LazyEdge<Node> implements Edge<Node> {
  readonly #seal: () => string;

  constructor(
    readonly node: Node,
    seal: () => string,
  ) {
    this.#seal = seal;
  }

  get cursor(): string {
    return this.#seal();
  }
}

/** Not an object with getters of its own: V8 gives each of those a shape of its own, which outlives it. */
class PageInfo {
  readonly #edges: readonly Edge<unknown>[];
  readonly #ends: PageEnds;

  constructor(edges: readonly Edge<unknown>[], ends: PageEnds) {
    this.#edges = edges;
    this.#ends = ends;
  }

  get hasNextPage(): boolean {
    return this.#ends.hasNextPage;
  }

  get hasPreviousPage(): boolean {
    return this.#ends.hasPreviousPage;
  }

  get startCursor(): string | null {
    return this.#edges[0]?.cursor ?? null;
  }

  get endCursor(): string | null {
    return this.#ends.endCursor ?? this.#edges.at(-1)?.cursor ?? null;
  }
}

export function connectionOf<Node>(edges: readonly Edge<Node>[], ends: PageEnds): Connection<Node> {
  return { edges, nodes: edges.map((edge) => edge.node), pageInfo: new PageInfo(edges, ends) };
}
