import type {
  CreateResourceServerCommandInput,
  CreateResourceServerCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { invalidParameter } from '../exceptions.js';
import { poolId, resourceServerId, text, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { resourceServerView } from '../views.js';

const scope = z.object({
  // No slash: it parts the resource server from the scope.
  ScopeName: text(256, 1).regex(/^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$/),
  ScopeDescription: text(256, 1),
});

const input = z.object({
  UserPoolId: poolId,
  Identifier: resourceServerId,
  Name: text(256, 1).regex(/^[\w\s+=,.@-]+$/),
  Scopes: z.array(scope).max(100).default([]),
});

/** Makes a resource server of a pool: an API, and the scopes of the tokens that it takes. */
export const createCreateResourceServer = ({
  pools,
  resourceServers,
}: Pick<CognitoServices, 'pools' | 'resourceServers'>): OperationHandler<
  CreateResourceServerCommandInput,
  CreateResourceServerCommandOutput
> =>
  validated(input, async ({ UserPoolId, Identifier, Name, Scopes }) => {
    const pool = await pools.get(UserPoolId);
    const server = { poolId: pool.id, identifier: Identifier, name: Name, scopes: Scopes };
    if (!(await resourceServers.create(server))) {
      throw invalidParameter(`${Identifier} already exists in user pool ${pool.id}.`);
    }
    return { ResourceServer: resourceServerView(server) };
  });
