import { createHash } from 'node:crypto';

import { and, eq, lt } from 'drizzle-orm';

import { clientTokens } from '../../services/database/schema/embedded-verified-permissions.js';
import type { Queries } from './context.js';
import { AwsServiceError } from '../aws-service-error.js';

/** "Verified Permissions recognizes a ClientToken for eight hours." */
const LIFETIME_MS = 8 * 60 * 60 * 1_000;

export interface TokenClaim {
  /** What the token is unique within. */
  readonly operation: string;
  readonly token: string | undefined;
  /** The checked input. */
  readonly input: unknown;
  /** The id that the new resource gets if this is the first time. */
  readonly resourceId: string;
  readonly now: Date;
}

/**
 * Claims a client token. Answers the id of what an equal request has made before, or undefined the first time. A second
 * claimant waits until the first one's transaction has ended.
 * @throws AwsServiceError ConflictException when the token belongs to a different request
 */
export async function claimToken(
  tx: Queries,
  { operation, token, input, resourceId, now }: TokenClaim,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const requestDigest = createHash('sha256').update(JSON.stringify(input)).digest('base64');
  await tx.delete(clientTokens).where(lt(clientTokens.createdAt, new Date(now.getTime() - LIFETIME_MS)));
  const claimed = await tx
    .insert(clientTokens)
    .values({ operation, token, requestDigest, resourceId, createdAt: now })
    .onConflictDoNothing()
    .returning({ token: clientTokens.token });
  if (claimed.length > 0) return undefined;
  const [earlier] = await tx
    .select()
    .from(clientTokens)
    .where(and(eq(clientTokens.operation, operation), eq(clientTokens.token, token)));
  if (earlier?.requestDigest === requestDigest) return earlier.resourceId;
  throw new AwsServiceError('ConflictException', 'The client token was used for a different request.', {
    resources: [],
  });
}
