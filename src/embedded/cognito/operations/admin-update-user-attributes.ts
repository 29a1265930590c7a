import type {
  AdminUpdateUserAttributesCommandInput,
  AdminUpdateUserAttributesCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { assertAttributesConform, assertMutable } from '../attributes.js';
import { changeAttributes } from '../contact-verification.js';
import { attributes, userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = userReference.extend({ UserAttributes: attributes });

/**
 * Changes a user's attributes. A changed address is unverified, unless the same call says otherwise; in pools that want it
 * verified first it then waits for that, as when the user changes it.
 */
export const createAdminUpdateUserAttributes = (
  services: Pick<CognitoServices, 'clock' | 'codes' | 'delivery' | 'pools' | 'users'>,
): OperationHandler<AdminUpdateUserAttributesCommandInput, AdminUpdateUserAttributesCommandOutput> =>
  validated(input, async ({ UserPoolId, Username, UserAttributes }) => {
    const pool = await services.pools.get(UserPoolId);
    const user = await services.users.get(pool, Username);
    assertAttributesConform(pool.settings, UserAttributes);
    assertMutable(pool.settings, UserAttributes);
    await changeAttributes(services, pool, user, UserAttributes);
    return {};
  });
