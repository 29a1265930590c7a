import { setTimeout as sleep } from 'node:timers/promises';

import {
  CreatePolicyStoreCommand,
  DeletePolicyStoreCommand,
  PutSchemaCommand,
} from '@aws-sdk/client-verifiedpermissions';

import { compilePolicySet } from '../src/services/cedar/policy-set.js';
import { CedarPolicyError } from '../src/services/cedar/policy-statement.js';
import { CedarUnavailableError } from '../src/services/cedar/wasm-module.js';
import type { CedarEntity } from '../src/services/cedar/values.js';
import { versionOf, type PoliciesInUse } from '../src/services/policies/policies-in-use.js';
import { createPolicyStoreReader } from '../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../src/services/policies/store-calls.js';
import { recordingHandler, type RecordingHandler } from '../test/support/recording-handler.js';
import { verifiedPermissionsClient } from '../test/support/verified-permissions-client.js';
import type { BarePolicies } from './bare-engine.js';
import type { Chance } from './chance.js';
import type { Ground, Sharing } from './ground.js';
import { engineName, ENGINES, openInstance, type Instance } from './instance.js';
import { MODELS, schemaText, type Model } from './model.js';
import { policiesOf, policyOf } from './policies.js';
import { WrittenPolicies } from './policy-store.js';
import type { FuzzQuestion } from './questions.js';
import { Reigns, type Reign } from './reigns.js';
import { plainEntities } from './values.js';

/** A policy store with policies that change, and one or two instances that decide by them. */
export interface World {
  readonly model: Model;
  readonly hasSchema: boolean;
  readonly sharing: Sharing['name'];
  /** By `engineName`. */
  readonly engine: string;
  readonly instances: readonly Instance[];
  /** Entities that questions of all rounds are about. */
  readonly entities: readonly CedarEntity[];
  /** Questions that were asked before, to be asked again. */
  readonly asked: FuzzQuestion[];
  /** What stands between the instances and the policy store. */
  readonly avp: RecordingHandler;
  readonly reigns: Pick<Reigns, 'mark' | 'since'>;
  /** What was said of two engines that differ, since it was last asked. */
  differences(): readonly object[];
  /** Changes the policies, and makes all instances forget; resolves when both is done. @returns whether it was made known */
  change(chance: Chance): Promise<boolean>;
  /** Makes known the changes that could not be. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Longer than an instance that has missed a message goes on by what it knows. */
const EPOCH_BELIEF_MS = 1_100;

export async function createWorld(ground: Ground, chance: Chance): Promise<World> {
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
  const policies = new WrittenPolicies(writer, policyStoreId);
  for (const policy of policiesOf(chance, model)) await policies.write(policy);

  const engine = chance.pick(ENGINES);
  /** What the engine in this process goes by. */
  let inUse: PoliciesInUse | undefined;
  const reader = createPolicyStoreReader({
    client: writer,
    policyStoreId,
    call: createStoreCalls({ deadline: () => new AbortController().signal }),
  });
  const putInUse = async () => {
    if (engine.answering === 'avp' && engine.other === undefined) return;
    const contents = await reader.read(new AbortController().signal);
    const sources = [...contents.policies.values()];
    const set = compilePolicySet(
      { id: 'fuzz', policies: sources, ...(contents.schema && { schema: contents.schema }) },
      ground.cedar.engine,
    );
    inUse = { set, contents, version: versionOf(contents) };
  };
  await putInUse();

  const stateNow = (): BarePolicies => ({
    policies: policies.all(),
    schema,
    validatesRequests: mode === 'STRICT',
  });
  const reigns = new Reigns(stateNow());

  const avp = recordingHandler(ground.avp);
  const sharing = chance.pick(ground.sharings);
  const shares = await sharing.open();
  let differences: object[] = [];
  const instances = shares.map((shared) =>
    openInstance(ground, {
      ...{ engine, policyStoreId, avp, shared },
      inUse: () => inUse,
      singlesUpTo: chance.pick([1, 1, 3]),
      onDifference: (said) => void differences.push(said),
    }),
  );
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
    reigns.endBefore(current);
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
    engine: engineName(engine),
    instances,
    entities: plainEntities(chance, model),
    asked: [],
    avp,
    reigns,
    differences() {
      const said = differences;
      differences = [];
      return said;
    },
    change: (changer) =>
      inTurn(async () => {
        const [removed] = changer.shuffled([...policies.all().keys()]);
        const added = changer.happens(0.5) ? policyOf(changer, model) : undefined;
        if (added === undefined && removed === undefined) return true;
        const reign = reigns.begin(stateNow());
        if (added !== undefined) await policies.write(added);
        else if (removed !== undefined) await policies.remove(removed);
        reign.policies = stateNow();
        return makeKnown(reign);
      }),
    settle: () =>
      inTurn(async () => {
        const current = reigns.contested;
        if (current === undefined) return;
        for (let attempt = 0; attempt < 40 && !(await makeKnown(current)); attempt += 1) {
          await sleep(50);
        }
      }),
    async close() {
      await writer.send(new DeletePolicyStoreCommand({ policyStoreId }));
      writer.destroy();
      await Promise.all(shares.map((shared) => shared.close()));
    },
  };
}
