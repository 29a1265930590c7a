import type {
  RevokeUserSessionCommandInput,
  RevokeUserSessionCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { invalidParameter } from '../exceptions.js';
import { text, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { assertTracked, revokeSession, sessionIdOf } from '../user-sessions.js';

const input = z.object({ AccessToken: token, SessionId: text(28, 28) });

/** Ends another sign-in of whoever the access token belongs to. */
export const createRevokeUserSession = ({
  accessTokens,
  families,
}: Pick<CognitoServices, 'accessTokens' | 'families'>): OperationHandler<
  RevokeUserSessionCommandInput,
  RevokeUserSessionCommandOutput
> =>
  validated(input, async ({ AccessToken, SessionId }) => {
    const { pool, user, familyId } = await accessTokens.verify(AccessToken);
    assertTracked(pool);
    if (SessionId === sessionIdOf(familyId)) {
      throw invalidParameter('The current session cannot be revoked.');
    }
    await revokeSession(families, user, SessionId);
    return {};
  });
