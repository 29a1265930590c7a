import type {
  UpdateUserAttributesCommandInput,
  UpdateUserAttributesCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertAttributesConform, assertMutable, assertWritable } from '../attributes.js';
import { changeAttributes, changedContacts, sendVerificationCode } from '../contact-verification.js';
import { attributes, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, UserAttributes: attributes });

/**
 * Changes attributes of whoever the access token belongs to. A changed address or number is sent a code to verify it, and
 * in pools that want it verified first stays as it was until then.
 */
export const createUpdateUserAttributes = (
  services: Pick<CognitoServices, 'accessTokens' | 'clients' | 'clock' | 'codes' | 'delivery' | 'users'>,
): OperationHandler<UpdateUserAttributesCommandInput, UpdateUserAttributesCommandOutput> =>
  validated(input, async ({ AccessToken, UserAttributes }) => {
    const { pool, user, clientId } = await services.accessTokens.verify(AccessToken);
    const { settings } = await services.clients.get(clientId);
    assertWritable(settings.WriteAttributes, UserAttributes);
    assertAttributesConform(pool.settings, UserAttributes);
    assertMutable(pool.settings, UserAttributes);
    const { changed, sent } = await changeAttributes(services, pool, user, UserAttributes);
    const details = [...sent];
    for (const name of changedContacts(pool, user, changed)) {
      details.push(await sendVerificationCode(services, pool, changed, name));
    }
    return details.length > 0 ? { CodeDeliveryDetailsList: details } : {};
  });
