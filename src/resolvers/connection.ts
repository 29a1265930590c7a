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

export function connectionOf<Node>(edges: readonly Edge<Node>[], ends: PageEnds): Connection<Node> {
  const { hasNextPage, hasPreviousPage } = ends;
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return ends.endCursor ?? edges.at(-1)?.cursor ?? null;
      },
    },
  };
}
