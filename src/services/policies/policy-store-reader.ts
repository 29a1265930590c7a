import { parseSchema } from '../cedar/schema.js';
import type { PolicyContents, PolicyReader } from './policies-in-use.js';
import { listStore, type PolicyStoreAccess, type StoreListing } from './store-listing.js';
import { createStoreTexts } from './store-texts.js';

/** The policies changed while they were read, or what was read is not what was announced: the next try may do better. */
export class UnsettledPoliciesError extends Error {
  override readonly name = 'UnsettledPoliciesError';
}

/** How often a store that changes while it is read is read again at once. */
const TRIES = 3;

/**
 * Reads the policies of a store: lists it, fetches what the listing says is new, and lists it again. Only what two listings in
 * a row agree on is taken, so that it is a state in which the whole store once was.
 */
export function createPolicyStoreReader(access: PolicyStoreAccess): PolicyReader {
  const texts = createStoreTexts(access);
  let last: { readonly fingerprint: string; readonly contents: PolicyContents } | undefined;

  async function readTexts(listing: StoreListing, signal: AbortSignal): Promise<PolicyContents | undefined> {
    const policies = await texts.read(listing, signal);
    if (policies === undefined) return undefined;
    const schema = listing.schema === undefined ? undefined : parseSchema(listing.schema);
    return { policies, schema, validatesRequests: listing.isStrict };
  }

  return {
    async read(signal) {
      let listing = await listStore(access, signal);
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (listing.fingerprint === last?.fingerprint) return last.contents;
        const contents = await readTexts(listing, signal);
        const { fingerprint } = listing;
        listing = await listStore(access, signal);
        if (contents !== undefined && listing.fingerprint === fingerprint) {
          last = { fingerprint, contents };
          return contents;
        }
      }
      throw new UnsettledPoliciesError('The policy store changed time and again while it was read.');
    },
  };
}
