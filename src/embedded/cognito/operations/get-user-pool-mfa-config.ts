import type {
  GetUserPoolMfaConfigCommandInput,
  GetUserPoolMfaConfigCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { mfaConfigView } from '../views.js';

const input = z.object({ UserPoolId: poolId });

/** Shows the second factors of a user pool. */
export const createGetUserPoolMfaConfig = ({
  pools,
}: Pick<CognitoServices, 'pools'>): OperationHandler<
  GetUserPoolMfaConfigCommandInput,
  GetUserPoolMfaConfigCommandOutput
> => validated(input, async ({ UserPoolId }) => mfaConfigView(await pools.get(UserPoolId)));
