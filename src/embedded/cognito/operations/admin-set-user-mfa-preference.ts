import type {
  AdminSetUserMFAPreferenceCommandInput,
  AdminSetUserMFAPreferenceCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import { chooseMfa, mfaPreference } from '../mfa-preference.js';
import type { CognitoServices } from '../services.js';

const input = userReference.extend(mfaPreference);

/**
 * Turns on and off the second factors of a user. Sign-ins that are under way begin anew, so that a lost telephone is of no
 * more use once it is turned off.
 */
export const createAdminSetUserMfaPreference = ({
  challenges,
  clock,
  pools,
  softwareTokens,
  users,
}: Pick<CognitoServices, 'challenges' | 'clock' | 'pools' | 'softwareTokens' | 'users'>): OperationHandler<
  AdminSetUserMFAPreferenceCommandInput,
  AdminSetUserMFAPreferenceCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, ...preference }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    await users.update(user, await chooseMfa({ softwareTokens }, pool, user, preference), clock.now());
    await challenges.closeAll(user);
    return {};
  });
