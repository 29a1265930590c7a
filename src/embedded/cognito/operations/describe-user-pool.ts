import type {
  DescribeUserPoolCommandInput,
  DescribeUserPoolCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { poolView } from '../views.js';

const input = z.object({ UserPoolId: poolId });

/** Shows a user pool. */
export const createDescribeUserPool = ({
  pools,
  region,
}: Pick<CognitoServices, 'pools' | 'region'>): OperationHandler<
  DescribeUserPoolCommandInput,
  DescribeUserPoolCommandOutput
> =>
  validated(input, async ({ UserPoolId }) => {
    return { UserPool: poolView(await pools.get(UserPoolId), region) };
  });
