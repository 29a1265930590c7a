import { setTimeout } from 'node:timers/promises';

import type { Config } from '../config.js';
import type { Authorizer } from '../services/authorization/authorizer.js';
import { createAvpAuthorizer } from '../services/authorization/avp-authorizer.js';
import { createLocalAuthorizer } from '../services/authorization/local-authorizer.js';
import { createPolicyCatalog, type PolicyCatalog } from '../services/authorization/policy-catalog.js';
import { createShadowAuthorizer } from '../services/authorization/shadow-authorizer.js';
import { createKeptPolicyCatalog } from '../services/policies/kept-policy-catalog.js';
import { createPolicyFolderReader } from '../services/policies/policy-folder-reader.js';
import { createPolicyKeeper } from '../services/policies/policy-keeper.js';
import { createPolicyStoreReader } from '../services/policies/policy-store-reader.js';
import { createPolicyWatch } from '../services/policies/policy-watch.js';
import { watchPolicyWrites } from '../services/policies/policy-writes.js';
import { createStoreCalls } from '../services/policies/store-calls.js';
import type { PolicyStoreAccess } from '../services/policies/store-listing.js';
import {
  comparedPoliciesDependency,
  keptPoliciesDependency,
  policyStoreDependency,
} from '../services/readiness/dependencies.js';
import type { Dependency } from '../services/readiness/dependency.js';
import type { EngineName, Metrics } from '../services/telemetry/metrics.js';
import type { Foundations } from './foundations.js';
import type { IdentityBackend } from './identity-backend.js';
import { repeat } from './repeat.js';

/** What decides, and what is known of the policies that it decides by. */
export interface Engine {
  readonly authorizer: Authorizer;
  readonly policyCatalog: PolicyCatalog;
  /** Names the policies that answers now come from; null where that cannot be told, and no answer is to be kept. */
  policyVersion(): string | null;
  /** For `/readyz`: of each of the engines. */
  readonly dependencies: readonly Dependency[];
  /** Looks for what has changed, at once. Never rejects. */
  syncNow(): Promise<void>;
  /** Somebody wrote policies, here or elsewhere: they are looked for at once. Never rejects. */
  noticeWrite(): Promise<void>;
  /** Tells of the writes that go through this process's client, once each has ended. */
  onPolicyWrite(listener: () => void): void;
  /** Begins to keep up with the policies, and waits a while for the first that decisions are made by. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

type EngineBackend = Pick<
  IdentityBackend,
  'verifiedPermissions' | 'deciding' | 'callLimits' | 'policyStoreId' | 'embedded'
>;
type EngineFoundations = Pick<Foundations, 'clock' | 'randomness' | 'logger'>;

/** One of the engines, alone. */
interface Part extends Pick<
  Engine,
  'authorizer' | 'policyCatalog' | 'policyVersion' | 'syncNow' | 'noticeWrite'
> {
  readonly dependency: Dependency;
  readonly name: EngineName;
  /** Whether nothing can be decided before the first look. */
  readonly isIdleAtFirst: boolean;
  /** Ends the look under way. */
  stop(): void;
}

/** How long one call of Verified Permissions may take, retries included. */
const AWS_DEADLINE_MS = 2_000;
/** Embedded, it is never out of reach, but it shares a processor with everything else. */
const EMBEDDED_DEADLINE_MS = 10_000;

/** All decisions of one request together, of which some wait for what others let them read. */
const REQUEST_CALLS = 5;
/** As many sockets as the SDK holds open. */
const AWS_CONCURRENCY = 50;

/** Verified Permissions admits ten such calls a second; readiness and the catalog need some of them. */
const STORE_CALLS_PER_SECOND = 8;
/** "Policy writes are eventually consistent": how long they take, amply. */
const AWS_SETTLES_MS = 10_000;

/** How often it is looked for changes, and by how much that varies, so that instances do not all look at the same time. */
const LOOK_MS = 10_000;
const JITTER_MS = 2_000;
/** How long the start waits for policies. */
const FIRST_LOOK_MS = 10_000;

/** The engine of a configuration; for `shadow` two, of which one answers. */
export function openEngine(
  config: Pick<Config, 'authorization' | 'policiesDir'>,
  backend: EngineBackend,
  metrics: Metrics,
  foundations: EngineFoundations,
): Engine {
  const { engine, localPolicies, shadowAnswers } = config.authorization;
  const store = storeAccess(backend);
  const local = () =>
    openLocal(localPolicies === 'files' ? config.policiesDir : store(), metrics, foundations);
  const avp = () => openAvp(store(), backend, metrics, foundations);
  const parts: readonly [Part, ...Part[]] =
    engine === 'local' ? [local()] : engine === 'avp' ? [avp()] : ordered([avp(), local()], shadowAnswers);
  const [answering, other] = parts;
  const shadow =
    other &&
    createShadowAuthorizer({
      answering: { ...answering, namesOf: namesOf(answering, localPolicies) },
      other: { ...other, namesOf: namesOf(other, localPolicies) },
      ...foundations,
      metrics,
    });

  const noticeWrite = async () => void (await Promise.all(parts.map((part) => part.noticeWrite())));
  const listeners: (() => void)[] = [() => void noticeWrite()];
  watchPolicyWrites(backend.verifiedPermissions, () => listeners.forEach((listener) => listener()));
  const everyMs = () => LOOK_MS + foundations.randomness.integer(JITTER_MS) - JITTER_MS / 2;
  const stops: (() => Promise<void>)[] = [];

  return {
    ...answering,
    authorizer: shadow ?? answering.authorizer,
    dependencies: [answering.dependency, ...(other ? [comparedPoliciesDependency(other.dependency)] : [])],
    policyVersion() {
      const version = answering.policyVersion();
      // Others may share the cache who go by another store, or by another engine.
      return version === null ? null : `${answering.name} ${backend.policyStoreId} ${version}`;
    },
    syncNow: async () => void (await Promise.all(parts.map((part) => part.syncNow()))),
    noticeWrite,
    onPolicyWrite: (listener) => void listeners.push(listener),
    async start() {
      const firstLooks = parts.map(
        (part) =>
          new Promise<void>((resolve) => {
            const look = () => part.syncNow().then(resolve);
            stops.push(repeat(look, everyMs));
            if (!part.isIdleAtFirst) resolve();
          }),
      );
      await Promise.race([Promise.all(firstLooks), setTimeout(FIRST_LOOK_MS, undefined, { ref: false })]);
    },
    async stop() {
      for (const part of parts) part.stop();
      await Promise.all(stops.map((stop) => stop()));
      await shadow?.idle();
    },
  };
}

function openLocal(
  source: string | PolicyStoreAccess,
  metrics: Metrics,
  foundations: EngineFoundations,
): Part {
  const reader =
    typeof source === 'string' ? createPolicyFolderReader(source) : createPolicyStoreReader(source);
  const keeper = createPolicyKeeper({ reader, metrics, ...foundations });
  return {
    name: 'local',
    authorizer: createLocalAuthorizer({ policies: keeper, metrics, ...foundations }),
    policyCatalog: createKeptPolicyCatalog(keeper),
    policyVersion: () => keeper.current()?.version ?? null,
    dependency: keptPoliciesDependency(keeper),
    isIdleAtFirst: true,
    syncNow: () => keeper.sync(),
    noticeWrite: () => keeper.sync(),
    stop: () => keeper.stop(),
  };
}

function openAvp(
  access: PolicyStoreAccess,
  backend: EngineBackend,
  metrics: Metrics,
  foundations: EngineFoundations,
): Part {
  const { client, policyStoreId } = access;
  const settlesForMs = backend.embedded === undefined ? AWS_SETTLES_MS : 0;
  const deadlineMs = callDeadlineMs(backend);
  const isFailing = async () => (await metrics.circuitOpen.get()).values.some(({ value }) => value > 0);
  const policyCatalog = createPolicyCatalog({ client, policyStoreId, ...foundations });
  const watch = createPolicyWatch({
    ...access,
    ...foundations,
    metrics,
    settlesForMs,
    // Of what changed, the schema is what questions are held against: a new action is not to be wrong for a minute.
    onChange: () => void policyCatalog.refresh(),
  });
  return {
    name: 'avp',
    authorizer: createAvpAuthorizer({
      client: backend.deciding,
      policyStoreId,
      ...foundations,
      metrics,
      ...(backend.callLimits && { ...backend.callLimits, concurrency: AWS_CONCURRENCY }),
      deadline: () => AbortSignal.timeout(deadlineMs),
    }),
    policyCatalog,
    policyVersion: () => watch.version(),
    dependency: policyStoreDependency(client, policyStoreId, isFailing),
    isIdleAtFirst: false,
    syncNow: () => watch.look(),
    noticeWrite: () => watch.noticeWrite(),
    stop: () => watch.stop(),
  };
}

const ordered = ([avp, local]: readonly [Part, Part], answers: EngineName): [Part, Part] =>
  answers === 'avp' ? [avp, local] : [local, avp];

/** Policies of files go by their `@id`, and those of a store by what the store gave them. */
const namesOf = ({ name, policyCatalog }: Part, localPolicies: 'store' | 'files') =>
  name === 'avp' && localPolicies === 'files'
    ? async (policyIds: readonly string[]) => (await policyCatalog.describe(policyIds)).map(({ id }) => id)
    : (policyIds: readonly string[]) => Promise.resolve(policyIds);

/** How long the engine may take for the decisions of one request, in milliseconds. */
export const requestDeadlineMs = (backend: Pick<IdentityBackend, 'embedded'>): number =>
  callDeadlineMs(backend) * REQUEST_CALLS;

const callDeadlineMs = ({ embedded }: Pick<IdentityBackend, 'embedded'>): number =>
  embedded === undefined ? AWS_DEADLINE_MS : EMBEDDED_DEADLINE_MS;

/** Makes a function that gives access to the store: the same calls for all who share its quotas. */
function storeAccess(backend: EngineBackend): () => PolicyStoreAccess {
  const { verifiedPermissions: client, policyStoreId } = backend;
  const deadlineMs = callDeadlineMs(backend);
  const call = createStoreCalls({
    ...(backend.embedded === undefined && { perSecond: STORE_CALLS_PER_SECOND }),
    deadline: () => AbortSignal.timeout(deadlineMs),
  });
  return () => {
    if (policyStoreId === undefined) throw new TypeError('There is no policy store.');
    return { client, policyStoreId, call };
  };
}
