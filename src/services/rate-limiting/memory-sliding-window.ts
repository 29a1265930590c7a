import type { Clock } from '../clock.js';
import { stepOf, type SlidingWindow, type WindowLimit, type WindowVerdict } from './sliding-window.js';

export interface MemorySlidingWindowOptions {
  readonly clock: Clock;
  /**
   * How many keys to keep for each length of window. Keys that find no place share one window between them, until it is empty
   * again: so none is admitted more than its limit, and memory is bounded.
   */
  readonly maxKeys?: number;
}

/** What was admitted for a key, a step each, the oldest first. Times are milliseconds since 1970, and end their step. */
interface Log {
  steps: { at: number; count: number }[];
  used: number;
}

/** Counts for this process alone, and answers at once. */
export function createMemorySlidingWindow({
  clock,
  maxKeys = 50_000,
}: MemorySlidingWindowOptions): SlidingWindow {
  /** By length of window: there the key that admitted last is the last to be empty. */
  const logs = new Map<number, Map<string, Log>>();
  /** What the keys share that found no place, by their limit. */
  const shared = new Map<string, Log>();

  const logsOf = (windowMs: number): Map<string, Log> => {
    const known = logs.get(windowMs) ?? new Map<string, Log>();
    logs.set(windowMs, known);
    return known;
  };

  const find = (key: string, { max, windowMs }: WindowLimit, since: number): Log => {
    const own = logsOf(windowMs);
    for (const [oldest, log] of own) {
      if ((log.steps.at(-1)?.at ?? 0) > since) break;
      own.delete(oldest);
    }
    const log = own.get(key);
    if (log !== undefined) return log;
    const common = shared.get(`${max}/${windowMs}`) ?? { steps: [], used: 0 };
    forget(common, since);
    if (common.used === 0 && own.size < maxKeys) return { steps: [], used: 0 };
    shared.set(`${max}/${windowMs}`, common);
    return common;
  };

  return {
    take(key, limit, count): WindowVerdict {
      const { max, windowMs } = limit;
      const now = clock.now().getTime();
      const since = now - windowMs;
      const log = find(key, limit, since);
      forget(log, since);
      const admitted = log.used + count <= max;
      if (admitted) {
        admit(log, endOfStep(now, limit), count);
        if (shared.get(`${max}/${windowMs}`) !== log) {
          const own = logsOf(windowMs);
          own.delete(key);
          own.set(key, log);
        }
      }
      const untilFree = (places: number): number => freedAt(log, places) - since;
      return {
        admitted,
        remaining: max - log.used,
        resetMs: log.used === 0 ? 0 : untilFree(1),
        retryAfterMs: admitted ? 0 : untilFree(log.used + count - max),
      };
    },
  };
}

function endOfStep(now: number, limit: WindowLimit): number {
  const step = stepOf(limit);
  return Math.ceil(now / step) * step;
}

/** Drops what the window has left behind. */
function forget(log: Log, since: number): void {
  let gone = 0;
  for (const { at, count } of log.steps) {
    if (at > since) break;
    log.used -= count;
    gone += 1;
  }
  if (gone > 0) log.steps.splice(0, gone);
}

function admit(log: Log, at: number, count: number): void {
  const last = log.steps.at(-1);
  log.used += count;
  // A clock that was set back makes nobody's calls younger.
  if (last !== undefined && last.at >= at) last.count += count;
  else log.steps.push({ at, count });
}

/** The step with which so many places are free again. */
function freedAt(log: Log, places: number): number {
  let freed = 0;
  for (const { at, count } of log.steps) {
    freed += count;
    if (freed >= places) return at;
  }
  return log.steps.at(-1)?.at ?? 0;
}
