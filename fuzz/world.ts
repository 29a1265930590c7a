import { setTimeout as sleep } from 'node:timers/promises';

import {
  CreatePolicyCommand,
  CreatePolicyStoreCommand,
  CreatePolicyTemplateCommand,
  DeletePolicyCommand,
  DeletePolicyStoreCommand,
  PutSchemaCommand,
  ValidationException,
  type PolicyDefinition,
} from '@aws-sdk/client-verifiedpermissions';

import type { Authorizer } from '../src/services/authorization/authorizer.js';
import { createAvpAuthorizer } from '../src/services/authorization/avp-authorizer.js';
import {
  createDecisionCache,
  type DecisionCache,
} from '../src/services/authorization/decision-cache/decision-cache.js';
import { createPolicyCatalog, type PolicyCatalog } from '../src/services/authorization/policy-catalog.js';
import { createLocalAuthorizer } from '../src/services/authorization/local-authorizer.js';
import { compilePolicySet } from '../src/services/cedar/policy-set.js';
import { CedarPolicyError } from '../src/services/cedar/policy-statement.js';
import { CedarUnavailableError } from '../src/services/cedar/wasm-module.js';
import { versionOf, type PoliciesInUse } from '../src/services/policies/policies-in-use.js';
import { createPolicyStoreReader } from '../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../src/services/policies/store-calls.js';
import type { CedarEntity, EntityUid } from '../src/services/cedar/values.js';
import { systemRandomness } from '../src/services/randomness.js';
import { recordingHandler, type RecordingHandler } from '../test/support/recording-handler.js';
import { verifiedPermissionsClient } from '../test/support/verified-permissions-client.js';
import type { BarePolicies } from './bare-engine.js';
import type { Chance } from './chance.js';
import type { Ground, Sharing } from './ground.js';
import { MODELS, schemaText, type Model } from './model.js';
import { plainEntities } from './values.js';
import type { FuzzQuestion } from './questions.js';
import { policiesOf, policyOf, type FuzzPolicy } from './policies.js';

/** An instance of the service, as far as decisions go. */
export interface Instance {
  readonly authorizer: Authorizer;
  readonly cache: DecisionCache;
  readonly catalog: PolicyCatalog;
}

/** A policy store with policies that change, and one or two instances that decide by them. */
export interface World {
  readonly model: Model;
  readonly hasSchema: boolean;
  readonly sharing: Sharing['name'];
  readonly engine: 'avp' | 'local';
  readonly instances: readonly Instance[];
  /** Entities that questions of all rounds are about. */
  readonly entities: readonly CedarEntity[];
  /** Questions that were asked before, to be asked again. */
  readonly asked: FuzzQuestion[];
  /** What stands between the instances and the policy store. */
  readonly avp: RecordingHandler;
  /** Changes the policies, and makes all instances forget; resolves when both is done. @returns whether it was made known */
  change(chance: Chance): Promise<boolean>;
  /** Makes known the changes that could not be. */
  settle(): Promise<void>;
  /** The present moment, to ask later which policies have been in force since. */
  mark(): number;
  /**
   * All the policies that may have answered a question which was asked at that moment and is answered now. What is just
   * being written is known only when it is.
   */
  since(mark: number): readonly Reign[];
  close(): Promise<void>;
}

/** Policies that are in force for a time, by the count of marks. */
export interface Reign {
  readonly policies: BarePolicies;
  readonly began: number;
  /** From when on no instance goes by them any more. */
  readonly ended: number;
}

/** Of one call to the engine, its repetitions included. */
export const ENGINE_DEADLINE_MS = 250;
/** Longer than an instance that has missed a message goes on by what it knows. */
const EPOCH_BELIEF_MS = 1_100;

export async function createWorld(ground: Ground, chance: Chance): Promise<World> {
  const { clock, logger, metrics } = ground;
  const model = chance.pick(MODELS);
  const hasSchema = chance.happens(0.85);
  const mode = hasSchema && chance.happens(0.5) ? 'STRICT' : 'OFF';
  const schema = hasSchema ? schemaText(model) : undefined;
  const writer = verifiedPermissionsClient(ground.avp);
  const { policyStoreId = '' } = await writer.send(
    new CreatePolicyStoreCommand({ validationSettings: { mode } }),
  );
  if (schema !== undefined) {
    await writer.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson: schema } }));
  }

  const policies = new Map<string, FuzzPolicy>();
  const write = async (policy: FuzzPolicy): Promise<void> => {
    const id = await createPolicy(policy);
    if (id !== undefined) policies.set(id, policy);
  };
  const remove = async (policyId: string): Promise<void> => {
    await writer.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    policies.delete(policyId);
  };
  /** Undefined for a policy that the store does not take. */
  async function createPolicy(policy: FuzzPolicy): Promise<string | undefined> {
    try {
      const definition = await definitionOf(policy);
      return (await writer.send(new CreatePolicyCommand({ policyStoreId, definition }))).policyId;
    } catch (error) {
      if (error instanceof ValidationException) return undefined;
      throw error;
    }
  }
  async function definitionOf(policy: FuzzPolicy): Promise<PolicyDefinition> {
    const { statement } = policy;
    if (!('values' in policy)) return { static: { statement } };
    const { policyTemplateId } = await writer.send(
      new CreatePolicyTemplateCommand({ policyStoreId, statement }),
    );
    const { principal, resource } = policy.values;
    return {
      templateLinked: {
        policyTemplateId,
        ...(principal && { principal: identifierOf(principal) }),
        ...(resource && { resource: identifierOf(resource) }),
      },
    };
  }
  for (const policy of policiesOf(chance, model)) await write(policy);

  const engine = chance.pick(['avp', 'local'] as const);
  /** What the engine in this process goes by. */
  let inUse: PoliciesInUse | undefined;
  const reader = createPolicyStoreReader({
    client: writer,
    policyStoreId,
    call: createStoreCalls({ deadline: () => new AbortController().signal }),
  });
  const putInUse = async () => {
    if (engine !== 'local') return;
    const contents = await reader.read(new AbortController().signal);
    const sources = [...contents.policies.values()];
    const set = compilePolicySet(
      { id: 'fuzz', policies: sources, ...(contents.schema && { schema: contents.schema }) },
      ground.cedar.engine,
    );
    inUse = { set, contents, version: versionOf(contents) };
  };

  await putInUse();

  let marks = 0;
  const stateNow = (): BarePolicies => ({
    policies: new Map(policies),
    schema,
    validatesRequests: mode === 'STRICT',
  });
  const reigns: { -readonly [Member in keyof Reign]: Reign[Member] }[] = [
    { policies: stateNow(), began: 0, ended: Infinity },
  ];

  const avp = recordingHandler(ground.avp);
  const sharing = chance.pick(ground.sharings);
  const shares = await sharing.open();
  const held = { current: () => inUse };
  const instances = shares.map((shared): Instance => {
    const client = verifiedPermissionsClient(avp);
    const store = { client, policyStoreId, clock, logger };
    const local = createLocalAuthorizer({ policies: held, clock, logger, metrics });
    const version = () => (engine === 'local' ? (inUse?.version ?? null) : policyStoreId);
    return {
      authorizer:
        engine === 'local'
          ? local
          : createAvpAuthorizer({
              ...store,
              randomness: systemRandomness,
              metrics,
              singlesUpTo: chance.pick([1, 1, 3]),
              deadline: () => AbortSignal.timeout(ENGINE_DEADLINE_MS),
            }),
      cache: createDecisionCache({ shared, policies: version, clock }),
      catalog: createPolicyCatalog(store),
    };
  });
  for (const { catalog } of instances) await catalog.schema();

  /** What no instance goes by any more, once they have heard. */
  async function makeKnown(current: Reign): Promise<boolean> {
    const heard = shares.map(
      (shared) => new Promise<void>((resolve) => shared.onRenewed((subjects) => subjects && resolve())),
    );
    try {
      await putInUse();
    } catch (error) {
      // A trap in wasm while the policies are parsed.
      if (error instanceof CedarUnavailableError || error instanceof CedarPolicyError) return false;
      throw error;
    }
    try {
      await instances[0]?.cache.forgetAll();
    } catch {
      // Where nothing can be kept, nothing has to be forgotten.
      if (sharing.name === 'Redis') return false;
    }
    await Promise.race([Promise.all(heard), sleep(EPOCH_BELIEF_MS)]);
    marks += 1;
    for (const reign of reigns) if (reign.began < current.began) reign.ended = Math.min(reign.ended, marks);
    return true;
  }

  /** One after the other, as from one writer. */
  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = changing.then(work);
    changing = turn.catch(() => undefined);
    return turn;
  };

  return {
    model,
    hasSchema,
    sharing: sharing.name,
    engine,
    instances,
    entities: plainEntities(chance, model),
    asked: [],
    avp,
    change: (changer) =>
      inTurn(async () => {
        const [removed] = changer.shuffled([...policies.keys()]);
        const added = changer.happens(0.5) ? policyOf(changer, model) : undefined;
        if (added === undefined && removed === undefined) return true;
        // What is being written may be in force already, and what was before may be still.
        const reign = { policies: stateNow(), began: (marks += 1), ended: Infinity };
        reigns.push(reign);
        if (added !== undefined) await write(added);
        else if (removed !== undefined) await remove(removed);
        reign.policies = stateNow();
        return makeKnown(reign);
      }),
    settle: () =>
      inTurn(async () => {
        const current = reigns.at(-1);
        if (current === undefined || reigns.every((reign) => reign === current || reign.ended < Infinity))
          return;
        for (let attempt = 0; attempt < 40 && !(await makeKnown(current)); attempt += 1) {
          await sleep(50);
        }
      }),
    mark: () => (marks += 1),
    since(mark) {
      return reigns.filter(({ ended }) => ended > mark);
    },
    async close() {
      await writer.send(new DeletePolicyStoreCommand({ policyStoreId }));
      writer.destroy();
      await Promise.all(shares.map((shared) => shared.close()));
    },
  };
}

const identifierOf = ({ type, id }: EntityUid) => ({ entityType: type, entityId: id });
