import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';

import type { Authorizer } from '../../src/services/authorization/authorizer.js';
import { createAvpAuthorizer } from '../../src/services/authorization/avp-authorizer.js';
import { createLocalAuthorizer } from '../../src/services/authorization/local-authorizer.js';
import { createShadowAuthorizer } from '../../src/services/authorization/shadow-authorizer.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import type { PolicyReader } from '../../src/services/policies/policies-in-use.js';
import { createPolicyFolderReader } from '../../src/services/policies/policy-folder-reader.js';
import { createPolicyKeeper } from '../../src/services/policies/policy-keeper.js';
import { createPolicyStoreReader } from '../../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../../src/services/policies/store-calls.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createMetrics, type EngineName } from '../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../support/database.js';
import { makePolicyStore } from '../support/policy-store.js';
import { authorizerSuite, LIBRARY, type AuthorizerSubject } from './authorizer.suite.js';

let database: Database;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'portcullis-library-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const foundations = {
  clock: systemClock,
  randomness: systemRandomness,
  logger: pino({ level: 'silent' }),
  metrics: createMetrics(),
};
const deadline = () => new AbortController().signal;

async function local(reader: PolicyReader): Promise<Authorizer> {
  const keeper = createPolicyKeeper({ reader, ...foundations });
  await keeper.sync();
  return createLocalAuthorizer({ policies: keeper, ...foundations });
}

/** Both engines over one store. */
async function engines() {
  const { client, policyStoreId, nameOf } = await makePolicyStore(database.db, LIBRARY);
  const call = createStoreCalls({ deadline });
  return {
    nameOf,
    avp: createAvpAuthorizer({ client, policyStoreId, ...foundations, deadline }),
    local: await local(createPolicyStoreReader({ client, policyStoreId, call })),
  };
}

async function shadow(answers: EngineName): Promise<AuthorizerSubject> {
  const { nameOf, ...authorizers } = await engines();
  const compared = (name: EngineName) => ({
    name,
    authorizer: authorizers[name],
    namesOf: (policyIds: readonly string[]) => Promise.resolve(policyIds),
  });
  const authorizer = createShadowAuthorizer({
    answering: compared(answers),
    other: compared(answers === 'avp' ? 'local' : 'avp'),
    ...foundations,
  });
  return { authorizer, nameOf };
}

authorizerSuite('AvpAuthorizer', async () => {
  const { avp, nameOf } = await engines();
  return { authorizer: avp, nameOf };
});

authorizerSuite('LocalAuthorizer on a policy store', async () => {
  const { local, nameOf } = await engines();
  return { authorizer: local, nameOf };
});

authorizerSuite('LocalAuthorizer on files', async () => {
  await writeFile(join(folder, 'library.cedarschema'), LIBRARY.schema);
  const statements = Object.entries(LIBRARY.policies).map(
    ([name, statement]) => `@id("${name}") @description("Of the library.") ${statement}`,
  );
  await writeFile(join(folder, 'library.cedar'), statements.join('\n'));
  return { authorizer: await local(createPolicyFolderReader(folder)), nameOf: (policyId) => policyId };
});

authorizerSuite('ShadowAuthorizer behind Verified Permissions', () => shadow('avp'));
authorizerSuite('ShadowAuthorizer before Verified Permissions', () => shadow('local'));
