import { startApolloGateway } from '../support/apollo-gateway.js';
import { entitiesSuite } from './entities.suite.js';
import { identitySuite } from './identity.suite.js';
import { resourcesSuite } from './resources.suite.js';

const name = '@apollo/gateway';

entitiesSuite(name, startApolloGateway);
resourcesSuite(name, startApolloGateway);
identitySuite({ name, start: startApolloGateway, withoutNonNull: 'nothing' });
