import {
  BatchGetPolicyCommand,
  GetSchemaCommand,
  ResourceNotFoundException,
  type BatchGetPolicyOutputItem,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import DataLoader from 'dataloader';

import { cedarEngine } from '../cedar/engine.js';
import { parseStatement } from '../cedar/policy-statement.js';
import { parseSchema, type CedarSchema } from '../cedar/schema.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { untilAborted } from './deadline.js';
import { createRefreshingValue } from './refreshing-value.js';

export interface PolicyDescription {
  /** The policy's `@id` annotation; the engine's id where it has none. */
  readonly id: string;
  /** The policy's `@description` annotation, or the description it was stored with. */
  readonly description: string | null;
}

/** What the policy store holds, as of at most a minute ago. */
export interface PolicyCatalog {
  /** The schema; undefined where the store has none. Rejects as long as it could never be read. */
  schema(): Promise<CedarSchema | undefined>;
  /**
   * The policies of these engine ids, in the order asked. Never rejects: one that is gone or cannot be read goes by its engine
   * id, without a description.
   */
  describe(policyIds: readonly string[]): Promise<readonly PolicyDescription[]>;
}

export interface PolicyCatalogOptions {
  readonly client: Pick<VerifiedPermissionsClient, 'send'>;
  readonly policyStoreId: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Makes the signal that ends the patience with one read; two seconds by default. */
  readonly deadline?: () => AbortSignal;
}

/** The most that BatchGetPolicy takes (API reference). */
const POLICIES_PER_CALL = 100;
/** Verified Permissions admits ten reads a second; once a minute, and once a second while they fail, stays far below. */
const LIFETIME_MS = 60_000;
const RETRY_AFTER_MS = 1_000;

export function createPolicyCatalog({
  client,
  policyStoreId,
  clock,
  logger,
  deadline = () => AbortSignal.timeout(2_000),
}: PolicyCatalogOptions): PolicyCatalog {
  const refreshing = <T>(what: string, read: () => Promise<T>) =>
    createRefreshingValue({
      read,
      clock,
      lifetime: LIFETIME_MS,
      retryAfter: RETRY_AFTER_MS,
      onFailure: (error) => logger.warn({ err: error, policyStoreId }, `${what} could not be read.`),
    });

  let parsed: { text: string; schema: CedarSchema } | undefined;
  const schema = refreshing('The Cedar schema', async () => {
    const text = await readSchemaText();
    if (text === undefined) return undefined;
    // The same text keeps its parsed schema, and whatever else was prepared for that.
    if (parsed?.text !== text) parsed = { text, schema: parseSchema(text) };
    return parsed.schema;
  });

  async function readSchemaText(): Promise<string | undefined> {
    try {
      const command = new GetSchemaCommand({ policyStoreId });
      return (await untilAborted(deadline(), (abortSignal) => client.send(command, { abortSignal }))).schema;
    } catch (error) {
      if (error instanceof ResourceNotFoundException && error.resourceType === 'SCHEMA') return undefined;
      throw error;
    }
  }

  async function readPolicies(policyIds: readonly string[]): Promise<PolicyDescription[]> {
    const requests = policyIds.map((policyId) => ({ policyStoreId, policyId }));
    const command = new BatchGetPolicyCommand({ requests });
    const { results } = await untilAborted(deadline(), (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    const policies = new Map((results ?? []).map((policy) => [policy.policyId, policy]));
    return policyIds.map((policyId) => describePolicy(policyId, policies.get(policyId)));
  }

  /** Gathers the reads of a tick into calls; what is read is kept by the values below. */
  const reads = new DataLoader(readPolicies, { cache: false, maxBatchSize: POLICIES_PER_CALL });
  const policies = new Map<string, () => Promise<PolicyDescription>>();

  function policy(policyId: string): () => Promise<PolicyDescription> {
    const known = policies.get(policyId);
    if (known !== undefined) return known;
    const value = refreshing(`The policy ${policyId}`, () => reads.load(policyId));
    policies.set(policyId, value);
    return value;
  }

  return {
    schema,
    describe: (policyIds) =>
      Promise.all(policyIds.map((policyId) => policy(policyId)().catch(() => nameless(policyId)))),
  };
}

const nameless = (policyId: string): PolicyDescription => ({ id: policyId, description: null });

function describePolicy(policyId: string, policy: BatchGetPolicyOutputItem | undefined): PolicyDescription {
  const definition = policy?.definition?.static;
  if (definition?.statement === undefined) return nameless(policyId);
  const statement = parseStatement({ id: policyId, statement: definition.statement }, cedarEngine);
  const annotations = statement.ok ? (statement.json.annotations ?? {}) : {};
  return {
    id: annotations['id'] ?? policyId,
    description: annotations['description'] ?? definition.description ?? null,
  };
}
