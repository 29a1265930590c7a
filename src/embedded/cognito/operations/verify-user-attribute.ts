import type {
  VerifyUserAttributeCommandInput,
  VerifyUserAttributeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { aliasExists } from '../exceptions.js';
import { confirmationCode, contactName, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token, AttributeName: contactName, Code: confirmationCode });

/**
 * Verifies an address or a number with the code that was sent there. One that waited for it takes effect: of two people
 * who wait for the same one, the first gets it.
 */
export const createVerifyUserAttribute = ({
  accessTokens,
  clock,
  codes,
  users,
}: Pick<CognitoServices, 'accessTokens' | 'clock' | 'codes' | 'users'>): OperationHandler<
  VerifyUserAttributeCommandInput,
  VerifyUserAttributeCommandOutput
> =>
  validated(input, async ({ AccessToken, AttributeName, Code }) => {
    const { pool, user } = await accessTokens.verify(AccessToken);
    const { pendingValue } = await codes.redeem(user, AttributeName, Code);
    // The value that was verified goes with its mark: somebody may have changed it meanwhile.
    const verified = {
      [AttributeName]: pendingValue ?? user.attributes[AttributeName] ?? '',
      [`${AttributeName}_verified`]: 'true',
    };
    if (!(await users.updateAttributes(pool, user, verified, clock.now()))) throw aliasExists();
    return {};
  });
