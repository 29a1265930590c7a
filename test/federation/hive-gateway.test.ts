import { startGateway } from '../../examples/supergraph/start-gateway.js';
import { entitiesSuite } from './entities.suite.js';
import { identitySuite } from './identity.suite.js';

const name = "Hive's gateway runtime";

entitiesSuite(name, startGateway);
identitySuite({
  name,
  start: startGateway,
  refusedAt: (entity, fields) => fields.map((field) => `${entity}.${field}`),
});
