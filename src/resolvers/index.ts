// type-graphql's decorators need it before the first class is declared.
import 'reflect-metadata';

import type { SubgraphParts } from '../schema/build-schema.js';
import { Resource } from '../schema/resource.type.js';
import { AuthenticationResolver } from './authentication.resolver.js';
import { ContactResolver } from './contact.resolver.js';
import { DecisionResolver, resolveDecisions } from './decision.resolver.js';
import { MfaResolver } from './mfa.resolver.js';
import { PasswordResolver } from './password.resolver.js';
import { resolveResourceReference } from './resource.reference.js';
import { ResourceResolver } from './resource.resolver.js';
import { resolveSessionReference } from './session.reference.js';
import { SessionResolver } from './session.resolver.js';
import { UserAdministrationResolver } from './user-administration.resolver.js';
import { resolveUserReference } from './user.reference.js';
import { UserResolver } from './user.resolver.js';
import { ViewerResolver } from './viewer.resolver.js';

/** All that answers the fields and references of the subgraph itself. */
const ownParts: SubgraphParts = {
  resolvers: [
    ViewerResolver,
    UserResolver,
    SessionResolver,
    DecisionResolver,
    AuthenticationResolver,
    MfaResolver,
    PasswordResolver,
    ContactResolver,
    UserAdministrationResolver,
  ],
  plainResolvers: { Query: { decisions: resolveDecisions } },
  references: { User: resolveUserReference, Session: resolveSessionReference },
};

/** The same with what it contributes to the entities of others. */
export const subgraphParts: SubgraphParts = {
  ...ownParts,
  resolvers: [...ownParts.resolvers, ResourceResolver],
  contributedTypes: [Resource],
  references: { ...ownParts.references, Resource: resolveResourceReference },
};

/** Without what it contributes to the interface `Resource`, where no subgraph has that: it would not compose. */
export const subgraphPartsFor = ({ resourceInterface }: { resourceInterface: boolean }): SubgraphParts =>
  resourceInterface ? subgraphParts : ownParts;
