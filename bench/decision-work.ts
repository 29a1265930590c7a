import { Session } from 'node:inspector/promises';

import { timeByCategory, type CallFrame, type CpuProfile } from './profile.js';

/** What a decision in this process works at. */
export type Work =
  | 'Cedar, in wasm'
  | 'values into wasm and out of it'
  | 'looking through entities'
  | 'finding policies'
  | 'telling questions apart'
  | 'the rest of ours'
  | 'collecting garbage'
  | 'other';

/** By the first that the frame's URL matches. */
const PLACES: readonly (readonly [RegExp, Work])[] = [
  [/^wasm:/, 'Cedar, in wasm'],
  [/node_modules\/@cedar-policy\//, 'values into wasm and out of it'],
  [
    /src\/services\/cedar\/(known-entities|entity-closure|screening|request-screening)\./,
    'looking through entities',
  ],
  [/src\/services\/cedar\/(scope-index|policy-scope|preparsed-slots)\./, 'finding policies'],
  [/src\/services\/cedar\/likeness\./, 'telling questions apart'],
  [/src\//, 'the rest of ours'],
];

/** Tells by its source what a frame works at. Node's own functions work for whoever calls them. */
export const workOf = ({ functionName, url }: CallFrame): Work | undefined =>
  functionName === '(garbage collector)'
    ? 'collecting garbage'
    : PLACES.find(([place]) => place.test(url))?.[1];

/**
 * Profiles what decides again and again.
 * @param decide answers how many decisions it made
 * @returns a line for each kind of work, with the microseconds of a decision, the longest first
 */
export async function profileDecisions(
  decide: () => Promise<number>,
  milliseconds: number,
): Promise<string[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  const startedAt = performance.now();
  let decided = 0;
  while (performance.now() - startedAt < milliseconds) decided += await decide();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return describeWork(timeByCategory(profile as CpuProfile, workOf, 'other'), decided);
}

/** @param times milliseconds of so many decisions */
export function describeWork(times: ReadonlyMap<Work, number>, decided: number): string[] {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([work, time]) => {
      const each = `${((time / decided) * 1_000).toFixed(1)} µs`;
      return `${each.padStart(9)}  ${((time / all) * 100).toFixed(0).padStart(3)} %  ${work}`;
    });
}
