import type {
  UpdateUserAttributesCommandInput,
  UpdateUserAttributesCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertAttributesConform, assertMutable, assertWritable } from '../attributes.js';
import { aliasExists } from '../exceptions.js';
import { attributes, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, UserAttributes: attributes });

/** Changes attributes of whoever the access token belongs to. A changed email address is sent a code to verify it. */
export const createUpdateUserAttributes = ({
  accessTokens,
  clients,
  clock,
  codes,
  delivery,
  users,
}: Pick<
  CognitoServices,
  'accessTokens' | 'clients' | 'clock' | 'codes' | 'delivery' | 'users'
>): OperationHandler<UpdateUserAttributesCommandInput, UpdateUserAttributesCommandOutput> =>
  validated(input, async ({ AccessToken, UserAttributes }) => {
    const { pool, user, clientId } = await accessTokens.verify(AccessToken);
    const { settings } = await clients.get(clientId);
    assertWritable(settings.WriteAttributes, UserAttributes);
    assertAttributesConform(pool.settings, UserAttributes);
    assertMutable(pool.settings, UserAttributes);
    const updated = await users.updateAttributes(pool, user, UserAttributes, clock.now());
    if (!updated) throw aliasExists();

    const { email } = updated.attributes;
    const mustVerify = pool.settings.AutoVerifiedAttributes.includes('email');
    if (!mustVerify || email === undefined || email === user.attributes['email']) return {};
    const code = await codes.issue(updated, 'email');
    return { CodeDeliveryDetailsList: [await delivery.deliver(user, email, 'VERIFICATION', code)] };
  });
