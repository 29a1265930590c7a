import type {
  ListUserSessionsCommandInput,
  ListUserSessionsCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { assertTracked, sessionView } from '../user-sessions.js';

const input = z.object({ AccessToken: token });

/** Lists the living sign-ins of whoever the access token belongs to, and says which of them the token is of. */
export const createListUserSessions = ({
  accessTokens,
  families,
}: Pick<CognitoServices, 'accessTokens' | 'families'>): OperationHandler<
  ListUserSessionsCommandInput,
  ListUserSessionsCommandOutput
> =>
  validated(input, async ({ AccessToken }) => {
    const { pool, user, familyId } = await accessTokens.verify(AccessToken);
    assertTracked(pool);
    const active = await families.listActive(user);
    return { Sessions: active.map((family) => sessionView(family, familyId)) };
  });
