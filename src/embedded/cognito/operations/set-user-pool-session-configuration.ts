import type {
  SetUserPoolSessionConfigurationCommandInput,
  SetUserPoolSessionConfigurationCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { sessionSettingsSchema } from '../session-settings.js';

const input = sessionSettingsSchema.extend({ UserPoolId: poolId });

/** Chooses whether a user pool tracks sessions, and how many each user may have. */
export const createSetUserPoolSessionConfiguration = ({
  clock,
  pools,
}: Pick<CognitoServices, 'clock' | 'pools'>): OperationHandler<
  SetUserPoolSessionConfigurationCommandInput,
  SetUserPoolSessionConfigurationCommandOutput
> =>
  validated(input, async ({ UserPoolId, ...sessions }) => {
    const pool = await pools.get(UserPoolId);
    await pools.update({ ...pool, settings: { ...pool.settings, sessions }, updatedAt: clock.now() });
    return { UserPoolId: pool.id, ...sessions };
  });
