import type { GetUserCommandInput, GetUserCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { toAttributeList } from '../attributes.js';
import { token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { mfaView } from '../views.js';

const input = z.object({ AccessToken: token });

/** Shows whoever the access token belongs to. */
export const createGetUser = ({
  accessTokens,
  clients,
}: Pick<CognitoServices, 'accessTokens' | 'clients'>): OperationHandler<
  GetUserCommandInput,
  GetUserCommandOutput
> =>
  validated(input, async ({ AccessToken }) => {
    const { user, clientId } = await accessTokens.verify(AccessToken);
    const { settings } = await clients.get(clientId);
    return {
      Username: user.username,
      UserAttributes: toAttributeList(user.sub, user.attributes, settings.ReadAttributes),
      ...mfaView(user),
    };
  });
