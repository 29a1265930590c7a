import { systemRandomness } from '../src/services/randomness.js';
import type { Authorizer } from '../src/services/authorization/authorizer.js';
import { createAvpAuthorizer } from '../src/services/authorization/avp-authorizer.js';
import {
  createDecisionCache,
  type DecisionCache,
} from '../src/services/authorization/decision-cache/decision-cache.js';
import type { SharedDecisions } from '../src/services/authorization/decision-cache/shared-decisions.js';
import { createLocalAuthorizer } from '../src/services/authorization/local-authorizer.js';
import { createPolicyCatalog, type PolicyCatalog } from '../src/services/authorization/policy-catalog.js';
import {
  createShadowAuthorizer,
  type ShadowAuthorizer,
} from '../src/services/authorization/shadow-authorizer.js';
import type { PoliciesInUse } from '../src/services/policies/policies-in-use.js';
import type { RecordingHandler } from '../test/support/recording-handler.js';
import { verifiedPermissionsClient } from '../test/support/verified-permissions-client.js';
import type { Ground } from './ground.js';

/** An instance of the service, as far as decisions go. */
export interface Instance {
  readonly authorizer: Authorizer;
  readonly cache: DecisionCache;
  readonly catalog: PolicyCatalog;
  /** Resolves once no comparison of engines is under way. */
  idle(): Promise<void>;
}

/** Who answers, and with whom that is compared. */
export interface EngineChoice {
  readonly answering: 'avp' | 'local';
  readonly other?: 'avp' | 'local';
}

export const ENGINES: readonly EngineChoice[] = [
  { answering: 'avp' },
  { answering: 'local' },
  { answering: 'avp', other: 'local' },
  { answering: 'local', other: 'avp' },
];

export const engineName = ({ answering, other }: EngineChoice): string =>
  other === undefined ? answering : `${answering} shadowed by ${other}`;

/** Of one call to the engine, its repetitions included. */
export const ENGINE_DEADLINE_MS = 250;

export interface InstanceParts {
  readonly engine: EngineChoice;
  readonly policyStoreId: string;
  readonly avp: RecordingHandler;
  /** What the engine in this process goes by. */
  readonly inUse: () => PoliciesInUse | undefined;
  readonly shared: SharedDecisions;
  readonly singlesUpTo: number;
  /** Told of whatever is said of two engines that differ. */
  readonly onDifference: (said: object) => void;
}

export function openInstance(ground: Ground, parts: InstanceParts): Instance {
  const { engine, policyStoreId, avp, inUse, shared, singlesUpTo, onDifference } = parts;
  const { clock, logger, metrics } = ground;
  const store = { client: verifiedPermissionsClient(avp), policyStoreId, clock, logger };
  const deadline = () => AbortSignal.timeout(ENGINE_DEADLINE_MS);
  const make = {
    avp: () =>
      createAvpAuthorizer({ ...store, randomness: systemRandomness, metrics, singlesUpTo, deadline }),
    local: () => createLocalAuthorizer({ policies: { current: inUse }, clock, logger, metrics }),
  };
  const compared = (name: EngineChoice['answering']) => ({
    name,
    authorizer: make[name](),
    namesOf: (policyIds: readonly string[]) => Promise.resolve(policyIds),
  });
  const shadow: ShadowAuthorizer | undefined =
    engine.other &&
    createShadowAuthorizer({
      answering: compared(engine.answering),
      other: compared(engine.other),
      logger: { debug: () => {}, warn: onDifference, error: onDifference },
      metrics,
      deadline,
    });
  const version = () => (engine.answering === 'local' ? (inUse()?.version ?? null) : policyStoreId);
  return {
    authorizer: ground.plant(shadow ?? make[engine.answering]()),
    cache: createDecisionCache({ shared, policies: version, clock }),
    catalog: createPolicyCatalog(store),
    idle: async () => shadow?.idle(),
  };
}
