import PQueue from 'p-queue';

import { untilAborted } from '../authorization/deadline.js';

/**
 * Makes a call of the policy store when its turn comes, with the signal that ends the patience with it.
 * @throws the reason of `signal`, once that is aborted
 */
export type StoreCall = <Output>(
  signal: AbortSignal,
  call: (abortSignal: AbortSignal) => Promise<Output>,
) => Promise<Output>;

export interface StoreCallsOptions {
  /** How many calls may begin within any second; any number where it is left out. */
  readonly perSecond?: number;
  /** Makes the signal that ends the patience with a call that begins now. */
  readonly deadline: () => AbortSignal;
}

const AT_ONCE = 4;
const SECOND_MS = 1_000;

export function createStoreCalls({ perSecond, deadline }: StoreCallsOptions): StoreCall {
  // A fixed window would let two windows' worth through at its border.
  const rate = perSecond === undefined ? {} : { intervalCap: perSecond, interval: SECOND_MS, strict: true };
  const queue = new PQueue({ concurrency: AT_ONCE, ...rate });
  return (signal, call) =>
    queue.add(() => untilAborted(AbortSignal.any([signal, deadline()]), call), { signal });
}
