import {
  AbilityBuilder,
  createMongoAbility,
  ForbiddenError,
  subject,
  type MongoAbility,
} from '@casl/ability';
import { mapSchema, MapperKind } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql';

import type { RequestContext } from '../../src/context.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import type { Viewer } from '../../src/services/authentication/viewer.js';
import type { UserRecord } from '../../src/services/users/user-store.js';

type FieldConfig = GraphQLFieldConfig<unknown, RequestContext>;

const CONTACT = ['email', 'emailVerified', 'phoneNumber', 'phoneNumberVerified'];

/**
 * The same schema and resolvers, guarded as one would with CASL (https://casl.js.org/v6/en/cookbook/roles-with-static-permissions):
 * an ability for each request, made of the viewer's roles, is held against the list, each person and each of their fields. What
 * the policies say of `listUsers`, `readUser` and `readContact` is written down in code; nothing else is.
 */
export function caslSchema(): GraphQLSchema {
  const abilities = new WeakMap<object, Promise<MongoAbility>>();
  const abilityOf = (context: RequestContext, viewer: Viewer) => {
    // Apollo hands out clones of the context, and of one request all have the same loaders.
    const { loaders } = context;
    const ability = abilities.get(loaders) ?? abilityFor(viewer, context);
    abilities.set(loaders, ability);
    return ability;
  };

  return mapSchema(buildUnguardedSchema(subgraphParts).schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, name, typeName) => {
      const isList = typeName === 'Query' && name === 'users';
      if (!isList && typeName !== 'User') return config;
      const { resolve = defaultFieldResolver } = config;
      return {
        ...config,
        async resolve(source, args, context: RequestContext, info) {
          const ability = await abilityOf(context, context.requireViewer(info.path));
          const guarded = ForbiddenError.from(ability);
          if (isList) guarded.throwUnlessCan('list', 'User');
          else {
            const user = subject('User', source as UserRecord);
            guarded.throwUnlessCan(CONTACT.includes(name) ? 'readContact' : 'read', user, name);
          }
          return resolve(source, args, context, info);
        },
      };
    },
  });
}

async function abilityFor({ userId }: Viewer, { loaders }: RequestContext): Promise<MongoAbility> {
  const [viewer, roles] = await Promise.all([loaders.users.load(userId), loaders.roles.load(userId)]);
  const { can, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
  if (viewer?.enabled && viewer.status === 'CONFIRMED') {
    can(['read', 'readContact'], 'User', { id: userId });
    const isAdministrator = viewer.userType === 'ADMIN' && roles.some((role) => ROLES.has(role));
    if (isAdministrator) can(['list', 'read', 'readContact'], 'User');
  }
  return build();
}

/** Who sees everybody. */
const ROLES: ReadonlySet<string> = new Set(['administrator', 'auditor']);
