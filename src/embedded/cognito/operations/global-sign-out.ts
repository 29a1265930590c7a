import type {
  GlobalSignOutCommandInput,
  GlobalSignOutCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token });

/** Ends every sign-in of whoever the access token belongs to, in every client. */
export const createGlobalSignOut = ({
  accessTokens,
  families,
}: Pick<CognitoServices, 'accessTokens' | 'families'>): OperationHandler<
  GlobalSignOutCommandInput,
  GlobalSignOutCommandOutput
> =>
  validated(input, async ({ AccessToken }) => {
    const { user } = await accessTokens.verify(AccessToken);
    await families.revokeAll(user);
    return {};
  });
