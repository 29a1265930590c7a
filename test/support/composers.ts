import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from '@wundergraph/composition';
import { buildSchema, parse, printSchema, type GraphQLSchema } from 'graphql';

/** SDL by the names of subgraphs. */
export type Subgraphs = Readonly<Record<string, string>>;

export interface Composed {
  /** What the gateway reads. */
  readonly supergraph: string;
  /** What its clients see. */
  readonly api: GraphQLSchema;
  /** What the composer has to say although it composes. */
  readonly remarks: readonly string[];
}

/** @throws Error with what does not fit together */
export type Compose = (subgraphs: Subgraphs) => Composed;

const servicesOf = (subgraphs: Subgraphs) =>
  Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: `http://${name}.example/graphql`,
    typeDefs: parse(sdl),
  }));

const failure = (errors: readonly Error[]) => new Error(errors.map(({ message }) => message).join('\n'));

/** Whatever makes supergraphs, by the name of its package. */
export const COMPOSERS: Readonly<Record<string, Compose>> = {
  '@apollo/composition'(subgraphs) {
    const { errors, schema, supergraphSdl, hints } = composeByApollo(servicesOf(subgraphs));
    if (errors) throw failure(errors);
    return {
      supergraph: supergraphSdl,
      api: schema.toAPISchema().toGraphQLJSSchema(),
      // The enum of a directive that stays in its subgraph is used by no field, and hidden from clients for that.
      remarks: hints
        .map(({ message }) => message)
        .filter(
          (message) =>
            !/^Enum type "(RateLimitKey|(authorize__)?OnDenied)" is defined but unused\./.test(message),
        ),
    };
  },
  '@theguild/federation-composition'(subgraphs) {
    const { errors, supergraphSdl, publicSdl } = composeByGuild(servicesOf(subgraphs));
    if (errors) throw failure(errors);
    return { supergraph: supergraphSdl, api: buildSchema(publicSdl), remarks: [] };
  },
  '@wundergraph/composition'(subgraphs) {
    const result = federateSubgraphs({
      subgraphs: servicesOf(subgraphs).map(({ name, url, typeDefs }) => ({
        name,
        url,
        definitions: typeDefs,
      })),
      version: ROUTER_COMPATIBILITY_VERSION_ONE,
    });
    if (!result.success) throw failure(result.errors);
    return {
      supergraph: printSchema(result.federatedGraphSchema),
      api: result.federatedGraphClientSchema,
      remarks: result.warnings.map(({ message }) => message),
    };
  },
};
