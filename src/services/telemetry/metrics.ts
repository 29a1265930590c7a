import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Which engine decides. */
export type EngineName = 'avp' | 'local';

/** What a call of an engine came to. `open`: it was not made, since the circuit is open. */
export type CallOutcome = 'answered' | 'refused' | 'throttled' | 'timeout' | 'failed' | 'open';

/** What two engines that were asked the same say. */
export type Comparison = 'same' | 'effect' | 'policies' | 'kind' | 'unanswered';

/**
 * What became of a policy that a router asked for. `anonymous`: nobody is signed in; `invalid`: it asks nothing that could be decided.
 */
export type PolicyOutcome = 'granted' | 'denied' | 'anonymous' | 'invalid' | 'unavailable';

/**
 * What is counted, in Prometheus' form. All labels are of closed sets: none is text that a caller brings.
 * https://prometheus.io/docs/practices/naming/
 */
export interface Metrics {
  /** Decisions given, by reason and by where they are from. */
  readonly decisions: Counter<'reason' | 'source'>;
  /** Questions put to an engine, those that a cache answered left out. */
  readonly engineQuestions: Counter<'engine'>;
  readonly engineCalls: Counter<'engine' | 'operation' | 'outcome'>;
  /** Seconds that a call of an engine took, its retries included. */
  readonly engineSeconds: Histogram<'engine' | 'operation'>;
  /** 1 while an engine is not asked because it failed. */
  readonly circuitOpen: Gauge;
  readonly comparisons: Counter<'outcome'>;
  /** Looks at the policy store for what has changed. */
  readonly policySyncs: Counter<'outcome'>;
  /** 1 while the engine in this process decides by policies older than the last that could not be read or parsed. */
  readonly policiesStale: Gauge;
  /** What guards on trial would have denied; both labels are the schema's. */
  readonly dryRunDenials: Counter<'field' | 'action' | 'reason'>;
  /** Policies that routers asked for. */
  readonly routerPolicies: Counter<'outcome'>;
  /** Promises that rejected with nobody to hear of it. */
  readonly unheardRejections: Counter;
  /** All of it as text, and its media type. */
  print(): Promise<{ readonly body: string; readonly contentType: string }>;
}

/** Counters of one instance of the service. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter<Label>({ name: `portcullis_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `portcullis_${name}`, help, registers });

  return {
    decisions: counter('decisions_total', 'Decisions given.', 'reason', 'source'),
    engineQuestions: counter('engine_questions_total', 'Questions put to an engine.', 'engine'),
    engineCalls: counter('engine_calls_total', 'Calls of an engine.', 'engine', 'operation', 'outcome'),
    engineSeconds: new Histogram({
      name: 'portcullis_engine_seconds',
      help: 'Seconds that a call of an engine took, its retries included.',
      labelNames: ['engine', 'operation'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    circuitOpen: gauge('circuit_open', 'Whether the engine is not asked because it failed.'),
    comparisons: counter('shadow_comparisons_total', 'Decisions of two engines compared.', 'outcome'),
    policySyncs: counter('policy_syncs_total', 'Looks at the policy store.', 'outcome'),
    policiesStale: gauge(
      'policies_stale',
      'Whether the engine in this process lacks newer policies, which could not be read or parsed.',
    ),
    routerPolicies: counter('router_policies_total', 'Policies that routers asked for.', 'outcome'),
    unheardRejections: counter(
      'unheard_rejections_total',
      'Promises that rejected with nobody to hear of it.',
    ),
    dryRunDenials: counter(
      'dry_run_denials_total',
      'What guards on trial would have denied.',
      'field',
      'action',
      'reason',
    ),
    async print() {
      return { body: await registry.metrics(), contentType: registry.contentType };
    },
  };
}
