import { RunningApp } from '../support/running-app.js';
import { graphqlHttpConformance } from './graphql-http.suite.js';

const GATEWAY_SECRET = 'the-secret-that-a-gateway-proves-itself-by';

graphqlHttpConformance('direct callers', async () => {
  const app = await RunningApp.start({ GATEWAY_SECRET });
  return { url: `${app.url}/graphql`, headers: {}, stop: () => app.stop() };
});

graphqlHttpConformance('gateways', async () => {
  const app = await RunningApp.start({ GATEWAY_SECRET });
  return {
    url: `${app.url}/graphql`,
    headers: { 'x-gateway-secret': GATEWAY_SECRET },
    stop: () => app.stop(),
  };
});
