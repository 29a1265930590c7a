import { parseAhead } from '../cedar/compiled-policies.js';
import { compilePolicySet } from '../cedar/policy-set.js';
import { createTurns } from '../cedar/turns.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import { describeFailure } from './describe-failure.js';
import {
  versionOf,
  type PoliciesInUse,
  type PolicyContents,
  type PolicyHolder,
  type PolicyReader,
} from './policies-in-use.js';
import { createRounds } from './rounds.js';

/** `none`: nothing could ever be read. `stale`: the last try to read what is newer failed. */
export type Freshness = 'none' | 'current' | 'stale';

/** Keeps policies up with where they are read from. */
export interface PolicyKeeper extends PolicyHolder {
  freshness(): Freshness;
  /**
   * Reads what has changed, compiles it aside and then decides by it, all at once; on any failure what was there before
   * goes on deciding. Resolves after a round that began when it was called, or later; never rejects.
   */
  sync(): Promise<void>;
  /** Ends the round under way, which counts for nothing. */
  stop(): void;
}

export interface PolicyKeeperOptions {
  readonly reader: PolicyReader;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'policySyncs' | 'policiesStale'>;
}

export function createPolicyKeeper({ reader, clock, logger, metrics }: PolicyKeeperOptions): PolicyKeeper {
  let inUse: PoliciesInUse | undefined;
  /** Why the last round failed, as it was logged; undefined when it did not. */
  let failure: string | undefined;
  let stopped = false;
  let round = new AbortController();

  async function keepUp(): Promise<void> {
    if (stopped) return;
    round = new AbortController();
    try {
      const contents = await reader.read(round.signal);
      const isNew = contents !== inUse?.contents;
      if (isNew) inUse = await compile(contents, clock);
      succeeded(isNew ? 'changed' : 'unchanged');
    } catch (error) {
      if (!stopped) failed(error);
    }
  }

  function succeeded(outcome: 'changed' | 'unchanged'): void {
    metrics.policySyncs.inc({ outcome });
    metrics.policiesStale.set(0);
    if (outcome === 'changed' || failure !== undefined) {
      logger.info(
        { policies: inUse?.contents.policies.size, version: inUse?.version },
        'Decisions are made from these policies.',
      );
    }
    failure = undefined;
  }

  function failed(error: unknown): void {
    metrics.policySyncs.inc({ outcome: 'failed' });
    metrics.policiesStale.set(1);
    const described = describeFailure(error);
    const text = JSON.stringify(described);
    // Once for each reason, not in every round.
    if (text !== failure) {
      logger.warn(
        { ...described, version: inUse?.version },
        inUse === undefined
          ? 'The policies cannot be read: every decision is denied.'
          : 'Newer policies cannot be used: decisions go by the last good ones.',
      );
    }
    failure = text;
  }

  return {
    current: () => inUse,
    freshness: () => (inUse === undefined ? 'none' : failure === undefined ? 'current' : 'stale'),
    sync: createRounds(keepUp),
    stop() {
      stopped = true;
      round.abort(new Error('The policies are no longer kept up.'));
    },
  };
}

/** Thousands of policies take a second to parse, so others get their turn in between. */
async function compile(contents: PolicyContents, clock: Clock): Promise<PoliciesInUse> {
  const { schema } = contents;
  const policies = [...contents.policies.values()];
  const turn = createTurns(clock);
  for (const policy of policies) {
    parseAhead(policy);
    await turn();
  }
  const set = compilePolicySet({ id: 'in-use', policies, ...(schema && { schema }) });
  return { set, contents, version: versionOf(contents) };
}
