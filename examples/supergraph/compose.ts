import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse } from 'graphql';

export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  /** Where the gateway finds it. */
  readonly url: string;
}

/**
 * Makes one supergraph of the subgraphs, as SDL for a gateway.
 *
 * @throws Error with everything that does not fit together
 */
export function composeSupergraph(subgraphs: readonly Subgraph[]): string {
  const result = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (compositionHasErrors(result)) {
    throw new Error(`The subgraphs do not compose: ${result.errors.map(({ message }) => message).join(' ')}`);
  }
  return result.supergraphSdl;
}
