import type { GraphQLSchema } from 'graphql';

import { createServer } from '../../src/http/create-server.js';
import { systemClock } from '../../src/services/clock.js';
import type { Services } from '../../src/services/index.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createReadiness } from '../../src/services/readiness/readiness.js';

/** The service's own HTTP server with another schema behind it, listening. @returns its address */
export async function listenAsEdge(schema: GraphQLSchema, services: Services): Promise<string> {
  const { server } = await createServer({
    schema,
    services,
    readiness: createReadiness([], { clock: systemClock, logger: services.logger }),
    randomness: systemRandomness,
    production: true,
    gatewaySecrets: [],
    trustedProxies: [],
    corsOrigins: [],
    listMessages: async () => [],
  });
  return server.listen({ host: '127.0.0.1', port: 0 });
}
