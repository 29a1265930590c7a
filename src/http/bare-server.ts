import fastify, { type FastifyInstance } from 'fastify';

import type { Services } from '../services/index.js';
import type { Randomness } from '../services/randomness.js';
import { ruleBrowsers, type BrowserRulesOptions } from './browser-rules.js';
import { identifyCallers } from './callers.js';
import { watchForDraining, type Draining } from './draining.js';
import { answerErrorsInEnvelope } from './http-errors.js';
import { MAX_BODY_BYTES } from './long-bodies.js';
import { trackRequestIds } from './request-id.js';
import { logRequests } from './request-log.js';
import { refuseUnreadable, refuseUnroutable, routeUnroutable } from './unroutable-requests.js';

export interface BareServerOptions extends BrowserRulesOptions {
  readonly services: Pick<Services, 'logger'>;
  readonly randomness: Randomness;
  /** What proves a gateway. */
  readonly gatewaySecrets: readonly string[];
}

/** How long a request may take to arrive: nobody holds a connection open by sending a byte now and then. */
const ARRIVAL_MS = 30_000;
/** How often it is looked at who is late. */
const LATENESS_CHECK_MS = 2_000;

/** An HTTP server without routes, not listening yet, which decides in which order a request meets what every one does. */
export async function createBareServer(
  options: BareServerOptions,
): Promise<{ server: FastifyInstance; draining: Draining }> {
  const { services, randomness, gatewaySecrets } = options;
  const server: FastifyInstance = fastify({
    genReqId: () => randomness.uuid(),
    bodyLimit: MAX_BODY_BYTES.anyone,
    requestTimeout: ARRIVAL_MS,
    // What arrives while it closes has been accepted, and is answered.
    return503OnClosing: false,
    http: {
      // Node takes the larger of the two times for the request, and this is a minute by default.
      headersTimeout: ARRIVAL_MS,
      connectionsCheckingInterval: LATENESS_CHECK_MS,
      // Node would answer without a body.
      requireHostHeader: false,
    },
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: (error, socket) => refuseUnreadable(server, error, socket),
  });
  routeUnroutable(server);
  const draining = watchForDraining(server);
  logRequests(server, services.logger);
  identifyCallers(server, gatewaySecrets);
  trackRequestIds(server);
  await ruleBrowsers(server, options);
  answerErrorsInEnvelope(server, services.logger);
  return { server, draining };
}
