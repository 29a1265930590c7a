import { createCedarEngine, type CedarEngine } from '../src/services/cedar/engine.js';
import { createCedarModule, type CedarWasm } from '../src/services/cedar/wasm-module.js';
import type { FuzzClock } from './fuzz-clock.js';

/** Cedar's engine, whose instances break when they are told to. */
export interface TrappingEngine {
  readonly engine: CedarEngine;
  /** Asked before each call into an instance: is it to break now? */
  trap(when: () => boolean): void;
}

/** Instances are not freed at once, so one stands in for many. */
const SHARED_BY = 50;

export function createTrappingEngine(clock: FuzzClock): TrappingEngine {
  let real: CedarWasm | undefined;
  let loaded = 0;
  let isDue = () => false;

  const load = (): CedarWasm => {
    if (loaded % SHARED_BY === 0) real = undefined;
    loaded += 1;
    const instance = (real ??= createCedarModule().run((wasm) => wasm));
    let isBroken = false;
    return new Proxy(instance, {
      get: (target, name) => {
        const member = target[name as keyof CedarWasm] as unknown;
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          isBroken ||= isDue();
          // What a broken instance answers to every call.
          if (isBroken)
            throw Object.assign(new Error('memory access out of bounds'), { name: 'RuntimeError' });
          try {
            return Reflect.apply(member, target, given);
          } catch (error) {
            real = undefined;
            throw error;
          }
        };
      },
    });
  };

  const engine = createCedarEngine(createCedarModule({ load, now: () => clock.now().getTime() }));
  return { engine, trap: (when) => void (isDue = when) };
}
