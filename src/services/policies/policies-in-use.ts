import { createHash } from 'node:crypto';

import type { PolicyLink } from '../cedar/compiled-policies.js';
import type { CompiledPolicySet } from '../cedar/policy-set.js';
import type { PolicySource } from '../cedar/policy-statement.js';
import type { CedarSchema } from '../cedar/schema.js';

interface Described extends PolicySource {
  /** What it was stored with beside its text. */
  readonly description?: string;
}

/** A policy of a set. The statement of a link is its template's with the slots filled. */
export type KeptPolicy = Described | (Described & PolicyLink);

/** All that decides, as it was read at one moment. What is unchanged is the same object the next time. */
export interface PolicyContents {
  /** By id, in the order of the ids. */
  readonly policies: ReadonlyMap<string, KeptPolicy>;
  readonly schema: CedarSchema | undefined;
  /** Whether a question's types must suit its action (the store's validation mode is STRICT). */
  readonly validatesRequests: boolean;
}

/** Policies that decide now. */
export interface PoliciesInUse {
  readonly set: CompiledPolicySet;
  readonly contents: PolicyContents;
  /** The same for the same contents, in whatever process. */
  readonly version: string;
}

/** Who holds the policies that decide. */
export interface PolicyHolder {
  /** Undefined as long as none could ever be read. */
  current(): PoliciesInUse | undefined;
}

/** Where policies are read from. */
export interface PolicyReader {
  /**
   * Reads a whole state of them; the same object where nothing has changed since the last. Rejects when it cannot, or when
   * they changed too often meanwhile.
   */
  read(signal: AbortSignal): Promise<PolicyContents>;
}

/** What tells one set of policies from another. */
export function versionOf({ policies, schema, validatesRequests }: PolicyContents): string {
  const statements = [...policies.values()].map(({ id, statement }) => [id, statement]);
  return fingerprint([validatesRequests, schema?.json ?? null, statements]);
}

/** A short text for each JSON value, and another for every other. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

/** A map of things in the order of their keys, which is the same everywhere. */
export const inOrder = <Value>(entries: Iterable<readonly [string, Value]>): Map<string, Value> =>
  new Map([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
