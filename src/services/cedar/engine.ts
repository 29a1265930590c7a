import { createPreparsedSlots, type PreparsedSlots } from './preparsed-slots.js';
import { createCedarModule, type CedarModule } from './wasm-module.js';

/** A cedar-wasm instance and what it has parsed and kept. */
export interface CedarEngine {
  readonly module: CedarModule;
  readonly policySlots: PreparsedSlots;
  readonly schemaSlots: PreparsedSlots;
}

const POLICY_LIMITS = { slots: 512, weight: 50_000 };
const SCHEMA_LIMITS = { slots: 32, weight: 32 };

export function createCedarEngine(module: CedarModule = createCedarModule()): CedarEngine {
  return {
    module,
    policySlots: createPreparsedSlots(
      module,
      (wasm, name) => void wasm.preparsePolicySet(name, { staticPolicies: {} }),
      POLICY_LIMITS,
    ),
    schemaSlots: createPreparsedSlots(
      module,
      (wasm, name) => void wasm.preparseSchema(name, {}),
      SCHEMA_LIMITS,
    ),
  };
}

/** The engine of this process. Loaded by its first call; see `warmUpCedar`. */
export const cedarEngine: CedarEngine = createCedarEngine();
