import { createLocalAuthorizer } from '../src/services/authorization/local-authorizer.js';
import type { PolicyLink } from '../src/services/cedar/compiled-policies.js';
import { createCedarEngine, type CedarEngine } from '../src/services/cedar/engine.js';
import { compilePolicySet } from '../src/services/cedar/policy-set.js';
import type { PolicySource } from '../src/services/cedar/policy-statement.js';
import { parseTemplate } from '../src/services/cedar/policy-template.js';
import { parseSchema } from '../src/services/cedar/schema.js';
import { systemClock } from '../src/services/clock.js';
import { createLogger } from '../src/services/create-logger.js';
import { createMetrics } from '../src/services/telemetry/metrics.js';
import { bareCedar, type BareDecide, type Outcome } from './bare-cedar.js';
import {
  policiesFor,
  SCHEMA,
  statementOf,
  TEMPLATES,
  type BenchQuestion,
  type SharedWith,
} from './policies.js';

/** Whether shares are policies of their own, or links to templates. */
export type PolicyKind = 'static' | 'linked';

export interface PolicyChoice {
  readonly count: number;
  readonly kind: PolicyKind;
  readonly sharedWith: SharedWith;
}

/** The service's own engine in this process, with some policies. */
export interface LocalEngine {
  /** Asks all of them together. @throws Error where any is not answered */
  decide(questions: readonly BenchQuestion[]): Promise<Outcome[]>;
  /** How often Cedar itself was asked so far. */
  cedarCalls(): number;
}

export function openLocalEngine({ count, kind, sharedWith }: PolicyChoice): LocalEngine {
  const { engine, cedarCalls } = countingEngine();
  const schema = parseSchema(SCHEMA, engine);
  const { general, shares } = policiesFor(count, sharedWith);
  const templates = Object.fromEntries(
    Object.entries(TEMPLATES).map(([id, statement]) => [id, parseTemplate({ id, statement }, engine)]),
  );
  const sources = shares.flatMap((share): (PolicySource | PolicyLink)[] => {
    const template = templates[share.templateId];
    if (kind === 'static') return [{ id: share.id, statement: statementOf(share) }];
    return template ? [{ id: share.id, template, values: share.values }] : [];
  });
  const set = compilePolicySet({ id: 'bench', policies: [...general, ...sources], schema }, engine);
  const contents = { policies: new Map(), schema, validatesRequests: true };
  const authorizer = createLocalAuthorizer({
    policies: { current: () => ({ set, contents, version: 'bench' }) },
    clock: systemClock,
    logger: createLogger('error'),
    metrics: createMetrics(),
  });
  return {
    cedarCalls,
    async decide(questions) {
      const entities = questions.flatMap((question) => question.entities);
      const rulings = await authorizer.authorize(questions, entities);
      return rulings.map((ruling) => {
        if (ruling.kind !== 'answered') throw new Error('A question was not answered.');
        return {
          isAllowed: ruling.effect === 'ALLOW',
          policies: [...ruling.determiningPolicies].sort(),
          errors: ruling.errors.length,
        };
      });
    },
  };
}

/** The same policies in a bare loop's hands: links are links there too. */
export function openBareEngine({ count, kind, sharedWith }: PolicyChoice): BareDecide {
  const { general, shares } = policiesFor(count, sharedWith);
  const statements = general.map(({ id, statement }) => [id, statement] as const);
  const policies =
    kind === 'static'
      ? {
          staticPolicies: Object.fromEntries([
            ...statements,
            ...shares.map((share) => [share.id, statementOf(share)] as const),
          ]),
        }
      : {
          staticPolicies: Object.fromEntries(statements),
          templates: TEMPLATES,
          templateLinks: shares.map(({ id, templateId, values: { principal, resource } }) => ({
            templateId,
            newId: id,
            values: { '?principal': principal, '?resource': resource },
          })),
        };
  return bareCedar(`bench-${kind}-${sharedWith}-${count}`, policies, SCHEMA);
}

function countingEngine(): { engine: CedarEngine; cedarCalls: () => number } {
  const engine = createCedarEngine();
  let calls = 0;
  const { module } = engine;
  const counting: CedarEngine = {
    ...engine,
    module: {
      get generation() {
        return module.generation;
      },
      run(call) {
        calls += 1;
        return module.run(call);
      },
    },
  };
  return { engine: counting, cedarCalls: () => calls };
}
