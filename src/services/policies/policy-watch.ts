import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import { describeFailure } from './describe-failure.js';
import { createRounds } from './rounds.js';
import { listStore, type PolicyStoreAccess } from './store-listing.js';

/** Watches which policies a store has that is asked for decisions. */
export interface PolicyWatch {
  /**
   * What names the policies that the store's answers now come from: the same for the same policies, whoever watches. Null
   * where that cannot be told: before the first look, and after a change until it is seen everywhere.
   */
  version(): string | null;
  /** Looks. A look that fails changes nothing. Resolves after one that began when it was called, or later; never rejects. */
  look(): Promise<void>;
  /** Somebody writes policies: nothing is known until that has settled, and it was looked again. */
  noticeWrite(): Promise<void>;
  /** Ends the look under way. */
  stop(): void;
}

export interface PolicyWatchOptions extends PolicyStoreAccess {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly metrics: Pick<Metrics, 'policySyncs'>;
  /** For how long after a change the store may still answer from what was before, in milliseconds. */
  readonly settlesForMs: number;
  /** Told of each look that found something else than the one before, the first included. */
  readonly onChange?: () => void;
}

export function createPolicyWatch({
  clock,
  logger,
  metrics,
  settlesForMs,
  onChange = () => {},
  ...access
}: PolicyWatchOptions): PolicyWatch {
  let seen: string | undefined;
  /** Until when it may still be answered from what was before; undefined once that is over. */
  let settlesUntil: number | undefined;
  /** When the listing that `seen` is from was begun, and when the last write that was noticed had settled. */
  let seenAt = -Infinity;
  let writtenUntil = -Infinity;
  let writes = 0;
  let writesSeen = 0;
  let hasFailed = false;
  let stopped = false;
  let round = new AbortController();
  const now = () => clock.now().getTime();

  function isSettling(): boolean {
    if (settlesUntil !== undefined && now() >= settlesUntil) settlesUntil = undefined;
    return settlesUntil !== undefined;
  }

  async function lookOnce(): Promise<void> {
    if (stopped) return;
    round = new AbortController();
    const [beganAt, writesBefore] = [now(), writes];
    try {
      const { fingerprint } = await listStore(access, round.signal);
      // Before the first look somebody may just have written, too.
      const hasChanged = fingerprint !== seen;
      if (hasChanged) settlesUntil = now() + settlesForMs;
      seen = fingerprint;
      seenAt = beganAt;
      writesSeen = writesBefore;
      hasFailed = false;
      if (hasChanged) onChange();
      metrics.policySyncs.inc({ outcome: hasChanged ? 'changed' : 'unchanged' });
    } catch (error) {
      if (stopped) return;
      metrics.policySyncs.inc({ outcome: 'failed' });
      if (!hasFailed)
        logger.warn(describeFailure(error), 'The policy store could not be looked at for changes.');
      hasFailed = true;
    }
  }

  const look = createRounds(lookOnce);
  return {
    version() {
      if (seen === undefined || isSettling()) return null;
      // A listing from before the write had settled may be one without it.
      return writesSeen === writes && seenAt >= writtenUntil ? seen : null;
    },
    look,
    noticeWrite() {
      writes += 1;
      writtenUntil = now() + settlesForMs;
      return look();
    },
    stop() {
      stopped = true;
      round.abort(new Error('The policy store is no longer watched.'));
    },
  };
}
