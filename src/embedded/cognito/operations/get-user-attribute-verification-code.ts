import type {
  GetUserAttributeVerificationCodeCommandInput,
  GetUserAttributeVerificationCodeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { sendVerificationCode } from '../contact-verification.js';
import { contactName, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, AttributeName: contactName });

/** Sends a code that verifies an address or a number: the one that waits for it, else the present one. */
export const createGetUserAttributeVerificationCode = (
  services: Pick<CognitoServices, 'accessTokens' | 'codes' | 'delivery' | 'users'>,
): OperationHandler<
  GetUserAttributeVerificationCodeCommandInput,
  GetUserAttributeVerificationCodeCommandOutput
> =>
  validated(input, async ({ AccessToken, AttributeName }) => {
    const { pool, user } = await services.accessTokens.verify(AccessToken);
    const pending = await services.codes.findPending(user, AttributeName);
    return {
      CodeDeliveryDetails: await sendVerificationCode(services, pool, user, AttributeName, pending),
    };
  });
