import type {
  AdminConfirmSignUpCommandInput,
  AdminConfirmSignUpCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { assertUnconfirmed } from '../confirmation.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Confirms a sign-up without a code; no address is verified by it. */
export const createAdminConfirmSignUp = ({
  clock,
  pools,
  users,
}: Pick<CognitoServices, 'clock' | 'pools' | 'users'>): OperationHandler<
  AdminConfirmSignUpCommandInput,
  AdminConfirmSignUpCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const user = await users.get(await pools.get(UserPoolId), Username);
    assertUnconfirmed(user);
    await users.update(user, { status: 'CONFIRMED' }, clock.now());
    return {};
  });
