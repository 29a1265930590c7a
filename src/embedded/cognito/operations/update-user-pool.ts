import type {
  UpdateUserPoolCommandInput,
  UpdateUserPoolCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, text, validated } from '../input.js';
import { assertMfaPossible } from '../mfa-settings.js';
import { assertSettingsAgree, poolSettingsSchema } from '../pool-settings.js';
import type { CognitoServices } from '../services.js';

/** How people are named, and with which attributes, is settled when a pool is made. */
const input = poolSettingsSchema
  .omit({ UsernameAttributes: true, AliasAttributes: true, UsernameConfiguration: true, Schema: true })
  .extend({ UserPoolId: poolId, PoolName: text(128, 1).optional() });

/** Changes a user pool; what is left out goes back to its default, but for what SetUserPoolMfaConfig chose. */
export const createUpdateUserPool = ({
  clock,
  pools,
  sendsTexts,
}: Pick<CognitoServices, 'clock' | 'pools' | 'sendsTexts'>): OperationHandler<
  UpdateUserPoolCommandInput,
  UpdateUserPoolCommandOutput
> =>
  validated(input, async ({ UserPoolId, PoolName, ...given }) => {
    const pool = await pools.get(UserPoolId);
    const { AccountRecoverySetting, SmsConfiguration } = given;
    const settings = {
      ...pool.settings,
      ...given,
      AccountRecoverySetting,
      SmsConfiguration,
      SmsMfaConfiguration: SmsConfiguration && { ...pool.settings.SmsMfaConfiguration, SmsConfiguration },
    };
    assertMfaPossible(settings, sendsTexts);
    assertSettingsAgree(settings);
    await pools.update({ ...pool, name: PoolName ?? pool.name, settings, updatedAt: clock.now() });
    return {};
  });
