import type {
  CreateUserPoolCommandInput,
  CreateUserPoolCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { newPoolId } from '../identifiers.js';
import { text, validated } from '../input.js';
import { assertMfaPossible } from '../mfa-settings.js';
import { assertSettingsAgree, poolSettingsSchema } from '../pool-settings.js';
import type { CognitoServices } from '../services.js';
import { poolView } from '../views.js';

const input = poolSettingsSchema.extend({ PoolName: text(128, 1) });

/** Makes a user pool. The RSA key that signs its tokens is made with the first of them. */
export const createCreateUserPool = ({
  clock,
  pools,
  randomness,
  region,
  sendsTexts,
}: Pick<CognitoServices, 'clock' | 'pools' | 'randomness' | 'region' | 'sendsTexts'>): OperationHandler<
  CreateUserPoolCommandInput,
  CreateUserPoolCommandOutput
> =>
  validated(input, async ({ PoolName, ...given }) => {
    const { SmsConfiguration } = given;
    const settings = { ...given, SmsMfaConfiguration: SmsConfiguration && { SmsConfiguration } };
    assertMfaPossible(settings, sendsTexts);
    assertSettingsAgree(settings);
    const now = clock.now();
    const pool = {
      id: newPoolId(randomness, region),
      name: PoolName,
      settings,
      createdAt: now,
      updatedAt: now,
    };
    await pools.create(pool);
    return { UserPool: poolView(pool, region) };
  });
