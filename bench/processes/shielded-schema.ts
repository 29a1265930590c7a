import { IsAuthorizedCommand } from '@aws-sdk/client-verifiedpermissions';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { and, rule, shield } from 'graphql-shield';

import type { RequestContext } from '../../src/context.js';
import type { Path } from '../../src/directives/guard-context.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import type { Viewer } from '../../src/services/authentication/viewer.js';
import type { IdentityAction } from '../../src/services/authorization/actions.js';
import { toEntities, toRequest } from '../../src/services/authorization/avp-wire.js';
import { createIdentityEntitySource } from '../../src/services/authorization/entity-source.js';
import { APPLICATION, qualifyAction, userUid } from '../../src/services/authorization/names.js';
import type { EntityUid } from '../../src/services/authorization/question.js';
import type { BenchApp } from '../bench-app.js';

type ShieldContext = Pick<RequestContext, 'loaders'>;

/**
 * The same schema, resolvers and engine, guarded as one would with graphql-shield: a rule asks IsAuthorized, once for an
 * object (shield's own cache sees to that) and once more for a field that has a rule of its own.
 *
 * @param viewerOf who asks, by what the server makes of a request
 */
export function shieldedSchema<Context extends ShieldContext>(
  { verifiedPermissions, policyStoreId }: BenchApp['embedded'],
  viewerOf: (context: Context, path: Path) => Viewer | null,
): GraphQLSchema {
  async function isAllowed(
    context: Context,
    { path }: GraphQLResolveInfo,
    action: IdentityAction,
    resource: EntityUid,
  ): Promise<boolean> {
    const viewer = viewerOf(context, path);
    if (viewer === null) return false;
    const { loaders } = context;
    const principal = userUid(viewer.userId);
    const source = createIdentityEntitySource({
      users: loaders.users,
      roles: loaders.roles,
      sessions: loaders.sessions,
    });
    const { entities } = await source.load({ principals: [principal], others: [resource] });
    const { decision } = await verifiedPermissions.send(
      new IsAuthorizedCommand({
        policyStoreId,
        entities: toEntities(entities),
        ...toRequest({
          principal,
          action: qualifyAction(action, resource.type),
          resource,
          context: { mfaAuthenticated: viewer.session.mfaAuthenticated },
        }),
      }),
    );
    return decision === 'ALLOW';
  }

  const mayList = rule('mayList')((_parent, _args, context: Context, info: GraphQLResolveInfo) =>
    isAllowed(context, info, 'listUsers', APPLICATION),
  );
  const mayDoToUser = (action: IdentityAction) =>
    rule(action, { cache: (user: { id: string }) => user.id })(
      (user: { id: string }, _args, context: Context, info: GraphQLResolveInfo) =>
        isAllowed(context, info, action, userUid(user.id)),
    );
  const mayRead = mayDoToUser('readUser');
  const mayReadContact = and(mayRead, mayDoToUser('readContact'));

  const permissions = shield(
    {
      Query: { users: mayList },
      User: {
        '*': mayRead,
        email: mayReadContact,
        emailVerified: mayReadContact,
        phoneNumber: mayReadContact,
        phoneNumberVerified: mayReadContact,
      },
    },
    { allowExternalErrors: true },
  );

  return applyMiddleware(buildUnguardedSchema(subgraphParts).schema, permissions);
}
