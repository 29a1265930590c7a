import type {
  SetUserMFAPreferenceCommandInput,
  SetUserMFAPreferenceCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { invalidParameter } from '../exceptions.js';
import { token, validated } from '../input.js';
import { methodsOf } from '../mfa-methods.js';
import { chooseMfa, mfaPreference } from '../mfa-preference.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, ...mfaPreference });

/** Turns on and off the second factors of whoever the access token belongs to. Where one is required, one must stay. */
export const createSetUserMfaPreference = ({
  accessTokens,
  clock,
  softwareTokens,
  users,
}: Pick<CognitoServices, 'accessTokens' | 'clock' | 'softwareTokens' | 'users'>): OperationHandler<
  SetUserMFAPreferenceCommandInput,
  SetUserMFAPreferenceCommandOutput
> =>
  validated(input, async ({ AccessToken, ...preference }) => {
    const { pool, user } = await accessTokens.verify(AccessToken);
    const changes = await chooseMfa({ softwareTokens }, pool, user, preference);
    const hadSome = methodsOf(pool, user).length > 0;
    const hasSome = methodsOf(pool, { ...user, ...changes }).length > 0;
    if (pool.settings.MfaConfiguration === 'ON' && hadSome && !hasSome) {
      throw invalidParameter('MFA cannot be turned off: it is required in this user pool.');
    }
    await users.update(user, changes, clock.now());
    return {};
  });
