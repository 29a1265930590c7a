import { z } from 'zod';

import { badUserInput } from '../../errors.js';
import type { Sealer } from '../tokens/seal.js';
import type { UserListPlan } from './user-filter.js';
import { fingerprintOf, lastBefore, type ListPlace } from './user-place.js';
import { USER_TYPES, type UserRecord } from './user-store.js';

const BYTES = 4;

/** Where in the lists of Cognito a list goes on. */
const PLACE = z.object({
  pool: z.enum(USER_TYPES),
  /** The token that brings the page; null for a pool's first page. */
  token: z.string().nullable(),
  /** How long that page was asked to be. */
  limit: z.number(),
  /** Fingerprints of the last few people before the place, in order. The last is whoever the cursor is of. */
  known: z.string().transform(fromText),
});

export type UserPlace = z.infer<typeof PLACE>;

const CURSOR = z.object({ plan: z.string(), place: PLACE });
const PURPOSE = 'users cursor';

/** A sealed cursor; Cognito's token and the people whom it knows cannot be read from it. */
export function sealUserCursor(sealer: Sealer, plan: UserListPlan, place: ListPlace): string {
  const { pool, token, limit } = place.page;
  const known = toText(lastBefore(place));
  return sealer.seal(PURPOSE, { plan: fingerprint(plan), place: { pool, token, limit, known } });
}

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

function toText(people: readonly UserRecord[]): string {
  const bytes = Buffer.allocUnsafe(people.length * BYTES);
  for (const [index, person] of people.entries()) bytes.writeUInt32BE(fingerprintOf(person), index * BYTES);
  return bytes.toString('base64url');
}

function fromText(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64url');
  return Array.from({ length: bytes.length / BYTES }, (_, index) => bytes.readUInt32BE(index * BYTES));
}
