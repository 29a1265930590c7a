import type {
  AdminUpdateUserAttributesCommandInput,
  AdminUpdateUserAttributesCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { assertAttributesConform, assertMutable } from '../attributes.js';
import { aliasExists } from '../exceptions.js';
import { attributes, userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = userReference.extend({ UserAttributes: attributes });

/** Changes a user's attributes. A changed address is unverified, unless the same call says otherwise. */
export const createAdminUpdateUserAttributes = ({
  clock,
  pools,
  users,
}: Pick<CognitoServices, 'clock' | 'pools' | 'users'>): OperationHandler<
  AdminUpdateUserAttributesCommandInput,
  AdminUpdateUserAttributesCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, UserAttributes }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    assertAttributesConform(pool.settings, UserAttributes);
    assertMutable(pool.settings, UserAttributes);
    if (!(await users.updateAttributes(pool, user, UserAttributes, clock.now()))) throw aliasExists();
    return {};
  });
