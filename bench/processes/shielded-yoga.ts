import { randomUUID } from 'node:crypto';

import { IsAuthorizedCommand } from '@aws-sdk/client-verifiedpermissions';
import { applyMiddleware } from 'graphql-middleware';
import { and, rule, shield } from 'graphql-shield';
import { createYoga } from 'graphql-yoga';

import { RequestContext } from '../../src/context.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import type { Viewer } from '../../src/services/authentication/viewer.js';
import type { IdentityAction } from '../../src/services/authorization/actions.js';
import { toEntities, toRequest } from '../../src/services/authorization/avp-wire.js';
import { createIdentityEntitySource } from '../../src/services/authorization/entity-source.js';
import { APPLICATION, qualifyAction, userUid } from '../../src/services/authorization/names.js';
import type { EntityUid } from '../../src/services/authorization/question.js';
import type { BenchApp } from '../bench-app.js';

/** What a request knows. Yoga copies it, so it holds no methods. */
interface ShieldedContext extends Pick<RequestContext, 'loaders' | 'services'> {
  readonly viewer: Viewer | null;
}

/**
 * The same schema, resolvers, services and engine, guarded as one would with graphql-shield: a rule asks IsAuthorized, once
 * for an object (shield's own cache sees to that) and once more for a field that has a rule of its own.
 */
export function createShieldedYoga({ app: { services }, embedded }: BenchApp) {
  const { verifiedPermissions, policyStoreId } = embedded;

  async function isAllowed(
    { viewer, loaders }: ShieldedContext,
    action: IdentityAction,
    resource: EntityUid,
  ): Promise<boolean> {
    if (viewer === null) return false;
    const principal = userUid(viewer.userId);
    const source = createIdentityEntitySource({
      users: loaders.user,
      roles: loaders.roles,
      sessions: loaders.session,
    });
    const { entities } = await source.load({ principals: [principal], resources: [resource] });
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

  const mayList = rule('mayList')((_parent, _args, context: ShieldedContext) =>
    isAllowed(context, 'listUsers', APPLICATION),
  );
  const mayDoToUser = (action: IdentityAction) =>
    rule(action, { cache: (user: { id: string }) => user.id })(
      (user: { id: string }, _args, context: ShieldedContext) => isAllowed(context, action, userUid(user.id)),
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

  return createYoga({
    schema: applyMiddleware(buildUnguardedSchema(subgraphParts).schema, permissions),
    logging: 'warn',
    context: async ({ request }): Promise<ShieldedContext> => {
      const credential = await services.authentication.authenticate(
        request.headers.get('authorization') ?? undefined,
      );
      const client = { ipAddress: null, userAgent: request.headers.get('user-agent') };
      const { loaders } = new RequestContext(services, randomUUID(), client, credential);
      return { services, loaders, viewer: credential.kind === 'viewer' ? credential.viewer : null };
    },
  });
}
