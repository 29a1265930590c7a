import type {
  DeleteUserCommandInput,
  DeleteUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ AccessToken: token });

/** Deletes whoever the access token belongs to. */
export const createDeleteUser = ({
  accessTokens,
  users,
}: Pick<CognitoServices, 'accessTokens' | 'users'>): OperationHandler<
  DeleteUserCommandInput,
  DeleteUserCommandOutput
> =>
  validated(input, async ({ AccessToken }) => {
    const { user } = await accessTokens.verify(AccessToken);
    await users.delete(user);
    return {};
  });
