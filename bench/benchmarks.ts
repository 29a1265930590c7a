import { measureBatching } from './batching.bench.js';
import { measureDecisions } from './decisions.bench.js';
import { measureEnumeration } from './enumeration.bench.js';
import { measureGuardedList } from './guarded-list.bench.js';
import { measureLatency } from './latency.bench.js';
import type { Measurement } from './measurement.js';
import { measureMemory } from './memory.bench.js';
import type { Effort } from './options.js';
import { measurePlainQuery } from './plain-query.bench.js';
import { measureRevocation } from './revocation.bench.js';
import { measureSignIn } from './sign-in.bench.js';
import { measureStart } from './start.bench.js';

export type Benchmark = (effort: Effort) => Promise<Measurement[]>;

/** Benchmarks that are run together, by the name that `--only` takes. */
export type Suite = Readonly<Record<string, Benchmark>>;

/** The suites, by the name by which a document marks their results. */
export const SUITES = {
  results: {
    d: measureSignIn,
    e: measureStart,
    f: measurePlainQuery,
    enumeration: measureEnumeration,
    revocation: measureRevocation,
  },
  decisions: {
    a: measureBatching,
    b: measureGuardedList,
    c: measureDecisions,
    latency: measureLatency,
    memory: measureMemory,
  },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;

/** All of them: `--only` may name one of another suite. */
export const BENCHMARKS: Suite = { ...SUITES.decisions, ...SUITES.results };
