import pino from 'pino';

import type { Authorizer, Ruling } from '../../src/services/authorization/authorizer.js';
import { createDecisionCache } from '../../src/services/authorization/decision-cache/decision-cache.js';
import { noSharedDecisions } from '../../src/services/authorization/decision-cache/no-shared-decisions.js';
import {
  createDecisionLoader,
  type DecisionLoaderOptions,
} from '../../src/services/authorization/decision-loader.js';
import type { LoadedEntities } from '../../src/services/authorization/entity-source.js';
import type { CedarRecord, Question } from '../../src/services/authorization/question.js';
import { parseSchema } from '../../src/services/cedar/schema.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';
import { FakeClock } from './fake-clock.js';

export const SCHEMA = parseSchema(`
  entity Person;
  entity Thing;
  action look appliesTo { principal: Person, resource: Thing };
  action pay appliesTo { principal: Person, resource: Thing, context: { mfaAuthenticated?: Bool } };
`);

export const ask = (what: string | number, action = 'look', context: CedarRecord = {}): Question => ({
  principal: { type: 'Person', id: 'ada' },
  action: { type: 'Action', id: action },
  resource: { type: 'Thing', id: String(what) },
  context,
});

export const ruling = (effect: 'ALLOW' | 'DENY', ...determiningPolicies: string[]): Ruling => ({
  kind: 'answered',
  effect,
  determiningPolicies,
  errors: [],
});
export const PERMITTED = ruling('ALLOW', 'permit');

/** An engine that answers each question by its resource, and remembers what it was asked. */
export function engine(rulings: Record<string, Ruling> = {}) {
  const asked: Question[][] = [];
  const authorizer: Authorizer = {
    async authorize(questions) {
      asked.push([...questions]);
      return questions.map(({ resource }) => rulings[resource.id] ?? PERMITTED);
    },
  };
  return { asked, authorizer };
}

export const knowing = (loaded: Partial<LoadedEntities> = {}): DecisionLoaderOptions['entities'] => ({
  load: async () => ({ entities: [], absent: new Set(), failed: new Map(), ...loaded }),
});

const remembersNothing = createDecisionCache({
  shared: noSharedDecisions,
  policies: () => null,
  clock: new FakeClock(),
});

export const loaderWith = (options: Partial<DecisionLoaderOptions>) =>
  createDecisionLoader({
    authorizer: engine().authorizer,
    catalog: { schema: async () => SCHEMA },
    entities: knowing(),
    cache: remembersNothing,
    clock: new FakeClock(new Date(0)),
    metrics: createMetrics(),
    logger: pino({ level: 'silent' }),
    ...options,
  });
