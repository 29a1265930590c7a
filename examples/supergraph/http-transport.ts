import type { GatewayConfig } from '@graphql-hive/gateway-runtime';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';

/** The ways in which the gateway reaches its subgraphs. The runtime comes with none; this is the one of HTTP alone. */
export const transports: NonNullable<GatewayConfig['transports']> = {
  http: {
    getSubgraphExecutor({ subgraphName, transportEntry: { location }, fetch }) {
      if (location === undefined) throw new Error(`The supergraph does not say where ${subgraphName} is.`);
      return buildHTTPExecutor({ endpoint: location, ...(fetch && { fetch }) });
    },
  },
};
