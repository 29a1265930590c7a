import type {
  ListUserPoolsCommandInput,
  ListUserPoolsCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { token, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';

const QUERY = 'ListUserPools';

const input = z.object({ MaxResults: z.int().min(1).max(60), NextToken: token.optional() });

/** Lists the user pools, by id. */
export const createListUserPools = ({
  pools,
}: Pick<CognitoServices, 'pools'>): OperationHandler<ListUserPoolsCommandInput, ListUserPoolsCommandOutput> =>
  validated(input, async ({ MaxResults, NextToken }) => {
    const after = readPageToken(NextToken, QUERY);
    const { page, next } = cutPage(
      await pools.list(MaxResults + 1, after),
      MaxResults,
      ({ id }) => id,
      QUERY,
    );
    return {
      UserPools: page.map(({ id, name, createdAt, updatedAt }) => ({
        Id: id,
        Name: name,
        CreationDate: createdAt,
        LastModifiedDate: updatedAt,
      })),
      ...(next && { NextToken: next }),
    };
  });
