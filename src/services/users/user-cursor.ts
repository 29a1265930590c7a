import { z } from 'zod';

import { badUserInput } from '../../errors.js';
import type { Sealer } from '../tokens/seal.js';
import type { UserListPlan } from './user-filter.js';
import { USER_TYPES } from './user-store.js';

/** Where in the lists of Cognito a person was seen. */
const PLACE = z.object({
  pool: z.enum(USER_TYPES),
  /** The token that brought the page in which they stand; null for a pool's first page. */
  token: z.string().nullable(),
  /** How long that page was asked to be. */
  limit: z.number(),
  index: z.number(),
  id: z.string(),
});

export type UserPlace = z.infer<typeof PLACE>;

const CURSOR = z.object({ plan: z.string(), place: PLACE });
const PURPOSE = 'users cursor';

/** A sealed cursor; Cognito's token and the person's id cannot be read from it. */
export const sealUserCursor = (sealer: Sealer, plan: UserListPlan, place: UserPlace): string =>
  sealer.seal(PURPOSE, { plan: fingerprint(plan), place });

/** Throws BAD_USER_INPUT for a cursor that was altered, or made for another list or another filter. */
export function openUserCursor(sealer: Sealer, plan: UserListPlan, cursor: string): UserPlace {
  const opened = CURSOR.safeParse(sealer.open(PURPOSE, cursor));
  if (!opened.success || opened.data.plan !== fingerprint(plan)) {
    throw badUserInput('The cursor is not one of this list.', { argument: 'after' });
  }
  return opened.data.place;
}

/** Equal for equal filters: plans are built in one place, their keys always in one order. */
const fingerprint = (plan: UserListPlan): string => JSON.stringify(plan);
