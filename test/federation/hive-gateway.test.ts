import { startGateway } from '../../examples/supergraph/start-gateway.js';
import { entitiesSuite } from './entities.suite.js';
import { guardedSuite } from './guarded.suite.js';
import { identitySuite } from './identity.suite.js';
import { resourcesSuite } from './resources.suite.js';

const name = "Hive's gateway runtime";

entitiesSuite(name, startGateway);
resourcesSuite(name, startGateway);
guardedSuite(name, startGateway);
identitySuite({
  name,
  start: startGateway,
  withoutNonNull: 'null',
});
