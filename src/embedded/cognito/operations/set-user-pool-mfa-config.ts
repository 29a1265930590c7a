import type {
  SetUserPoolMfaConfigCommandInput,
  SetUserPoolMfaConfigCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { invalidParameter, noSmsRole } from '../exceptions.js';
import { poolId, validated } from '../input.js';
import { assertMfaConsistent, mfaConfiguration, mfaFactorsSchema } from '../mfa-settings.js';
import type { CognitoServices } from '../services.js';
import { mfaConfigView } from '../views.js';

const input = mfaFactorsSchema.extend({ UserPoolId: poolId, MfaConfiguration: mfaConfiguration });

/** Chooses the second factors of a user pool, and whether they are required; what is left out is off. */
export const createSetUserPoolMfaConfig = ({
  clock,
  pools,
  sendsTexts,
}: Pick<CognitoServices, 'clock' | 'pools' | 'sendsTexts'>): OperationHandler<
  SetUserPoolMfaConfigCommandInput,
  SetUserPoolMfaConfigCommandOutput
> =>
  validated(input, async ({ UserPoolId, ...given }) => {
    const pool = await pools.get(UserPoolId);
    const { SmsMfaConfiguration: sms, SoftwareTokenMfaConfiguration, EmailMfaConfiguration } = given;
    const SmsConfiguration = sms?.SmsConfiguration ?? pool.settings.SmsConfiguration;
    if (sms && !SmsConfiguration) throw invalidParameter('SmsConfiguration is required for SMS MFA.');
    if (sms && !sendsTexts) throw noSmsRole();
    const settings = {
      ...pool.settings,
      MfaConfiguration: given.MfaConfiguration,
      SmsConfiguration,
      SmsMfaConfiguration: sms && { ...sms, SmsConfiguration },
      SoftwareTokenMfaConfiguration,
      EmailMfaConfiguration,
    };
    assertMfaConsistent(settings);
    const updated = { ...pool, settings, updatedAt: clock.now() };
    await pools.update(updated);
    return mfaConfigView(updated);
  });
