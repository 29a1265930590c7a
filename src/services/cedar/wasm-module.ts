import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

import type * as cedarWasm from '@cedar-policy/cedar-wasm/nodejs';

/** The functions of `@cedar-policy/cedar-wasm/nodejs`. */
export type CedarWasm = typeof cedarWasm;

/** The Cedar engine cannot answer now: its instance failed on this call, or failed too often of late. */
export class CedarUnavailableError extends Error {
  override readonly name = 'CedarUnavailableError';
}

/** A cedar-wasm instance that is replaced when it breaks. */
export interface CedarModule {
  /**
   * Runs one synchronous call. Whatever it throws is taken for a fault of the instance.
   * @throws CedarUnavailableError
   */
  run<T>(call: (wasm: CedarWasm) => T): T;
  /** The number of instances made so far. What was preparsed in an earlier one is gone. */
  readonly generation: number;
}

export interface CedarModuleOptions {
  /** Makes a new instance. */
  load?: () => CedarWasm;
  /** Milliseconds of a clock that never runs backwards. */
  now?: () => number;
}

/** Instances are not freed at once (2,000 of them hold 3.3 GB), so they are rationed: this many in a burst… */
const REBUILD_BURST = 20;
/** …and one more each time this many milliseconds have passed. */
const REBUILD_INTERVAL_MS = 1_000;
/** Every throw leaks a little of the instance's stack; about 1,450 of them break it. */
const TOLERATED_THROWS = 200;

/** Makes a module whose first instance is loaded by the first call. */
export function createCedarModule({
  load = loadInstance,
  now = () => performance.now(),
}: CedarModuleOptions = {}): CedarModule {
  let instance: CedarWasm | undefined;
  let generation = 0;
  let throws = 0;
  let budget = REBUILD_BURST;
  let refilledAt = now();

  const spendRebuild = () => {
    const earned = Math.floor((now() - refilledAt) / REBUILD_INTERVAL_MS);
    if (earned > 0) {
      budget = Math.min(REBUILD_BURST, budget + earned);
      refilledAt += earned * REBUILD_INTERVAL_MS;
    }
    if (budget === 0) throw new CedarUnavailableError('The Cedar engine failed too often and is resting.');
    budget -= 1;
  };

  const acquire = (): CedarWasm => {
    if (instance !== undefined) return instance;
    spendRebuild();
    try {
      instance = load();
    } catch (cause) {
      throw new CedarUnavailableError('The Cedar engine could not be loaded.', { cause });
    }
    generation += 1;
    throws = 0;
    return instance;
  };

  return {
    get generation() {
      return generation;
    },
    run(call) {
      const wasm = acquire();
      try {
        return call(wasm);
      } catch (cause) {
        throws += 1;
        if (isTrap(cause) || throws >= TOLERATED_THROWS) instance = undefined;
        throw new CedarUnavailableError('The Cedar engine failed on this call.', { cause });
      }
    },
  };
}

/** After either of these the instance's stack pointer is lost, and every later call would fail too. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RangeError' || error.name === 'RuntimeError');
}

const require = createRequire(import.meta.url);

/**
 * The package keeps one instance for each copy of its module, so a fresh instance is a fresh copy. The flag must be set
 * before the first: on Node 20 and 22, V8 otherwise aborts the process in `Deoptimizer::DoComputeBuiltinContinuation`
 * once it has inlined calls from JavaScript into WebAssembly. `NODE_OPTIONS` does not take it.
 */
function loadInstance(): CedarWasm {
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  const path = require.resolve('@cedar-policy/cedar-wasm/nodejs');
  delete require.cache[path];
  return require(path) as CedarWasm;
}
