import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

import { forwardedHeaders } from './forwarded-headers.js';
import { gatewayLimits } from './gateway-limits.js';
import { transports } from './http-transport.js';
import { listen, type Listening } from './listen.js';
import { planRequests } from './plan-requests.js';
import { refuseEarly } from './refuse-early.js';

export interface GatewayOptions {
  readonly supergraphSdl: string;
  /** The `GATEWAY_SECRET` of Portcullis. */
  readonly gatewaySecret: string;
  /** The coprocessor of Portcullis, where the gateway is to refuse by itself what Portcullis would refuse. */
  readonly coprocessorUrl?: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** What the gateway notes of each request. */
interface Arrival {
  readonly peerAddress: string | undefined;
}

/**
 * Serves a supergraph by Hive's gateway. Request ids it passes on, and makes, by itself.
 *
 * @throws Error when the port is taken
 */
export async function startGateway({
  supergraphSdl,
  gatewaySecret,
  coprocessorUrl,
  port,
}: GatewayOptions): Promise<Listening> {
  const gateway = createGatewayRuntime<Arrival>({
    supergraph: supergraphSdl,
    unifiedGraphHandler: planRequests,
    transports,
    propagateHeaders: {
      fromClientToSubgraphs: ({ subgraphName, request, context: { peerAddress } }) =>
        forwardedHeaders(
          subgraphName,
          { header: (name) => request.headers.get(name), peerAddress },
          gatewaySecret,
        ),
    },
    ...(coprocessorUrl !== undefined && {
      genericAuth: refuseEarly({ coprocessorUrl, gatewaySecret, supergraphSdl }),
    }),
    plugins: () => [...gatewayLimits],
    renderGraphiQL,
    logging: 'warn',
  });
  const { url, close } = await listen(
    'The gateway',
    (request, response) => void gateway(request, response, { peerAddress: request.socket.remoteAddress }),
    port,
  );
  return {
    url,
    async close() {
      await close();
      await gateway.dispose();
    },
  };
}
