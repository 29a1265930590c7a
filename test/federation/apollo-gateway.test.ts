import { startApolloGateway } from '../support/apollo-gateway.js';
import { entitiesSuite } from './entities.suite.js';
import { identitySuite } from './identity.suite.js';

const name = '@apollo/gateway';

entitiesSuite(name, startApolloGateway);
identitySuite({ name, start: startApolloGateway, refusedAt: (entity) => [entity] });
