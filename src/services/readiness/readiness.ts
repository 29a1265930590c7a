import type { Dependency, DependencyState } from './dependency.js';
import { watchDependency, type WatchOptions } from './watch-dependency.js';

export interface ReadinessReport {
  /**
   * `degraded`: requests are better sent here than nowhere, if they are answered more slowly, by what was known before, or in
   * part. `down`: requests fail for want of a dependency.
   */
  readonly status: 'up' | 'degraded' | 'down';
  /** By name; nothing of why. */
  readonly checks: Readonly<Record<string, DependencyState>>;
}

/** Whether this instance can do its work. */
export interface Readiness {
  /** Asks all dependencies at the same time. Never rejects. */
  report(): Promise<ReadinessReport>;
}

export function createReadiness(dependencies: readonly Dependency[], options: WatchOptions): Readiness {
  const watched = dependencies.map((dependency) => ({
    ...dependency,
    state: watchDependency(dependency, options),
  }));
  return {
    async report() {
      const known = await Promise.all(
        watched.map(async ({ name, isEssential, state }) => ({ name, isEssential, state: await state() })),
      );
      return {
        status: statusOf(known),
        checks: Object.fromEntries(known.map(({ name, state }) => [name, state])),
      };
    },
  };
}

function statusOf(
  known: readonly { isEssential: boolean; state: DependencyState }[],
): ReadinessReport['status'] {
  if (known.some(({ isEssential, state }) => isEssential && state === 'down')) return 'down';
  return known.some(({ state }) => state !== 'up') ? 'degraded' : 'up';
}
