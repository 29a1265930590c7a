import {
  CreatePolicyCommand,
  CreatePolicyStoreCommand,
  PutSchemaCommand,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';

import { inProcessRequestHandler, type InProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { createVerifiedPermissionsEngine } from '../../src/embedded/verified-permissions/index.js';
import { parseSchema } from '../../src/services/cedar/schema.js';
import { systemClock } from '../../src/services/clock.js';
import type { Db } from '../../src/services/database/database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { verifiedPermissionsClient } from './verified-permissions-client.js';

/** What a policy store is to hold. */
export interface StoreContent {
  /** In Cedar's own syntax. Undefined: no schema, and no validation. */
  readonly schema?: string;
  /** Statements, by names that the tests know them by. */
  readonly policies: Readonly<Record<string, string>>;
  readonly descriptions?: Readonly<Record<string, string>>;
}

export interface PolicyStore {
  readonly policyStoreId: string;
  readonly client: VerifiedPermissionsClient;
  /** Answers for the engine. */
  readonly handler: InProcessRequestHandler;
  /** The id that the engine gave to the policy of this name. */
  readonly idOf: (name: string) => string;
  readonly nameOf: (policyId: string) => string | undefined;
}

/** Makes a policy store in an embedded engine over `db`. */
export async function makePolicyStore(db: Db, content: StoreContent): Promise<PolicyStore> {
  const logger = pino({ level: 'silent' });
  const foundations = { db, clock: systemClock, randomness: systemRandomness, logger };
  const handler = inProcessRequestHandler(createVerifiedPermissionsEngine(foundations).service);
  const client = verifiedPermissionsClient(handler);
  const validationSettings = { mode: content.schema === undefined ? 'OFF' : 'STRICT' } as const;
  const { policyStoreId } = await client.send(new CreatePolicyStoreCommand({ validationSettings }));
  if (content.schema !== undefined) {
    const definition = { cedarJson: parseSchema(content.schema).json };
    await client.send(new PutSchemaCommand({ policyStoreId, definition }));
  }
  const ids = new Map<string, string>();
  for (const [name, statement] of Object.entries(content.policies)) {
    const definition = { static: { statement, description: content.descriptions?.[name] } };
    const { policyId } = await client.send(new CreatePolicyCommand({ policyStoreId, definition }));
    ids.set(name, policyId ?? '');
  }
  return {
    policyStoreId: policyStoreId ?? '',
    client,
    handler,
    idOf: (name) => ids.get(name) ?? '',
    nameOf: (policyId) => [...ids].find(([, id]) => id === policyId)?.[0],
  };
}
