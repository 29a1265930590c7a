import type { Randomness } from '../randomness.js';
import type { UserStore } from '../users/user-store.js';

const HEX = '0123456789abcdef';
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** So many different ids agree on a digit by chance once in 16^7. */
const ENOUGH = 8;
const MAX_SAMPLE = 60;

/**
 * An id that nobody has, of the shape that ids of the samples have. Cognito's differ by Region: some digits are the same in
 * all of them (no UUID version, which would give a made-up one away), so those are kept and the others are random.
 */
export function fabricateId(samples: readonly string[], randomness: Randomness): string {
  const ids = samples.filter((id) => ID.test(id));
  const template = ids.length < ENOUGH ? undefined : ids[0];
  return Array.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', (character, place) => {
    const kept = template?.[place];
    const alike = kept !== undefined && ids.every((id) => id[place] === kept);
    if (character === '-' || alike) return kept ?? '-';
    return HEX.charAt(randomness.integer(16));
  }).join('');
}

/** Makes ids in the likeness of those of the end users, of whom it looks at one page, until it has seen enough. */
export function createIdFabricator(
  users: Pick<UserStore, 'page'>,
  randomness: Randomness,
): () => Promise<string> {
  let samples: readonly string[] = [];
  return async () => {
    if (samples.length < ENOUGH) {
      const page = await users.page({ userType: 'END_USER', limit: MAX_SAMPLE, token: null });
      samples = page.users.map(({ id }) => id);
    }
    return fabricateId(samples, randomness);
  };
}
