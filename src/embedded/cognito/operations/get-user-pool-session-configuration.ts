import type {
  GetUserPoolSessionConfigurationCommandInput,
  GetUserPoolSessionConfigurationCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { sessionSettingsOf } from '../user-sessions.js';

const input = z.object({ UserPoolId: poolId });

/** Shows whether a user pool tracks sessions, and how many each user may have. */
export const createGetUserPoolSessionConfiguration = ({
  pools,
}: Pick<CognitoServices, 'pools'>): OperationHandler<
  GetUserPoolSessionConfigurationCommandInput,
  GetUserPoolSessionConfigurationCommandOutput
> =>
  validated(input, async ({ UserPoolId }) => {
    const pool = await pools.get(UserPoolId);
    return { UserPoolId: pool.id, ...sessionSettingsOf(pool) };
  });
