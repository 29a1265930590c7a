import { readFile } from 'node:fs/promises';

import { PutSchemaCommand } from '@aws-sdk/client-verifiedpermissions';

import type { Config } from '../../src/config.js';
import type { Database } from '../../src/services/database/database.js';
import { parseSchema, type CedarSchema } from '../../src/services/cedar/schema.js';
import type { CedarEntity } from '../../src/services/cedar/values.js';
import { createPolicyStoreReader } from '../../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../../src/services/policies/store-calls.js';
import type { InProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { recordingHandler, type RecordingHandler } from '../../test/support/recording-handler.js';
import { RunningApp } from '../../test/support/running-app.js';
import { Chance } from '../chance.js';
import { FuzzClock } from '../fuzz-clock.js';
import { DOCUMENTS, schemaText } from '../model.js';
import type { FuzzPolicy } from '../policies.js';
import { WrittenPolicies } from '../policy-store.js';
import { readPeople } from './people.js';

/** The service, listening, with policies of its own and documents besides. */
export interface Served {
  readonly app: RunningApp;
  readonly clock: FuzzClock;
  /** What stands between it and the policy store. */
  readonly avp: RecordingHandler;
  /** The policies that it came with, by their `@id`. */
  readonly own: ReadonlyMap<string, FuzzPolicy>;
  readonly written: WrittenPolicies;
  readonly schema: CedarSchema;
  readonly validatesRequests: boolean;
  /** All the people that there are, and their roles. */
  readonly people: readonly CedarEntity[];
  /** The client's id and secret of the service that asks. */
  readonly service: { readonly clientId: string; readonly secret: string };
  close(): Promise<void>;
}

export const SERVICE = 'orders';

type EngineSettings = Readonly<Record<string, string>>;

/** How the service decides in a whole run: one way for a seed. */
export const chosenEngine = (seed: number): EngineSettings =>
  Chance.of(seed, 0).pick<EngineSettings>([
    { AUTHORIZATION_ENGINE: 'avp' },
    { AUTHORIZATION_ENGINE: 'local' },
    { AUTHORIZATION_ENGINE: 'shadow', SHADOW_ANSWERS: 'avp' },
    { AUTHORIZATION_ENGINE: 'shadow', SHADOW_ANSWERS: 'local' },
  ]);

export async function serve(
  engine: EngineSettings,
  openDatabase: (config: Config) => Promise<Database>,
): Promise<Served> {
  const clock = new FuzzClock();
  const app = await RunningApp.start({ ...engine, SEED_SERVICES: SERVICE }, { clock, openDatabase });
  const { embedded } = app.app;
  if (embedded === undefined) throw new Error('The service has no policy store of its own.');
  const { verifiedPermissions: client, policyStoreId } = embedded;
  const reader = createPolicyStoreReader({
    client,
    policyStoreId,
    call: createStoreCalls({ deadline: () => AbortSignal.timeout(10_000) }),
  });
  const { policies, schema: ownSchema, validatesRequests } = await reader.read(AbortSignal.timeout(10_000));
  const schema = parseSchema(
    JSON.stringify({ ...parsed(ownSchema?.json ?? '{}'), ...parsed(schemaText(DOCUMENTS)) }),
  );
  await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson: schema.json } }));
  await app.app.services.policyCatalog.schema();
  const avp = recordingHandler(client.config.requestHandler as unknown as InProcessRequestHandler);
  Object.assign(client.config, { requestHandler: avp });
  return {
    app,
    clock,
    avp,
    own: new Map([...policies.values()].map(({ id, statement }) => [nameOf(statement) ?? id, { statement }])),
    written: new WrittenPolicies(client, policyStoreId),
    schema,
    validatesRequests,
    people: await readPeople(app),
    service: await credentialsIn(embedded.seededServices.credentialsPath ?? ''),
    close: () => app.stop(),
  };
}

const parsed = (json: string) => JSON.parse(json) as object;

const nameOf = (statement: string): string | undefined => /@id\("([^"]*)"\)/.exec(statement)?.[1];

async function credentialsIn(path: string): Promise<Served['service']> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const [, clientId = '', secret = ''] =
    lines.find((line) => line.startsWith(`${SERVICE} `))?.split(' ') ?? [];
  return { clientId, secret };
}
