import {
  BatchGetPolicyCommand,
  GetPolicyTemplateCommand,
  GetSchemaCommand,
  ResourceNotFoundException,
  type BatchGetPolicyOutputItem,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';

import { cedarEngine } from '../cedar/engine.js';
import { parseStatement, parseTemplateStatement, type ParsedStatement } from '../cedar/policy-statement.js';
import { parseSchema, type CedarSchema } from '../cedar/schema.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { MaybePromise } from '../maybe-promise.js';
import { untilAborted } from './deadline.js';
import { createRefreshingValue, type RefreshingValue } from './refreshing-value.js';

export interface PolicyDescription {
  /** The `@id` annotation of the policy, or of the template that it is linked to; the engine's id where there is none. */
  readonly id: string;
  /** The `@description` annotation of either, or the description that it was stored with. */
  readonly description: string | null;
}

/** What decisions are made by. */
export interface PolicyCatalog {
  /**
   * The schema, at once where it is known; undefined where the store has none. Rejects as long as it could never be read.
   */
  schema(): MaybePromise<CedarSchema | undefined>;
  /**
   * The policies of these engine ids, in the order asked. Never rejects: one that is gone or cannot be read goes by its engine
   * id, without a description.
   */
  describe(policyIds: readonly string[]): Promise<readonly PolicyDescription[]>;
}

/** What the policy store holds: as of a minute ago, or of when somebody last asked, where that is less than ten minutes ago. */
export interface StorePolicyCatalog extends PolicyCatalog {
  /** The store has changed: reads the schema anew. Resolves once that is done, or has failed; never rejects. */
  refresh(): Promise<void>;
}

export interface PolicyCatalogOptions {
  readonly client: Pick<VerifiedPermissionsClient, 'send'>;
  readonly policyStoreId: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Makes the signal that ends the patience with one read; two seconds by default. */
  readonly deadline?: () => AbortSignal;
  /** How many policies, and how many templates, are remembered; the least used go first. */
  readonly maxRemembered?: number;
}

/** The most that BatchGetPolicy takes (API reference). */
const POLICIES_PER_CALL = 100;
/** Verified Permissions admits ten reads a second; once a minute, and once a second while they fail, stays far below. */
const LIFETIME_MS = 60_000;
/**
 * Every question waits for the schema, and none may wait for a store that is out of reach; what nobody has looked at for ten
 * minutes is too old to be given unseen.
 */
const GIVEN_STALE_MS = 9 * LIFETIME_MS;
const RETRY_AFTER_MS = 1_000;
const MAX_REMEMBERED = 10_000;

export function createPolicyCatalog({
  client,
  policyStoreId,
  clock,
  logger,
  deadline = () => AbortSignal.timeout(2_000),
  maxRemembered = MAX_REMEMBERED,
}: PolicyCatalogOptions): StorePolicyCatalog {
  const refreshing = <T>(what: string, read: () => Promise<T>) =>
    createRefreshingValue({
      read,
      clock,
      lifetime: LIFETIME_MS,
      givenStaleFor: GIVEN_STALE_MS,
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

  async function readPolicies(
    policyIds: readonly string[],
  ): Promise<(BatchGetPolicyOutputItem | undefined)[]> {
    const requests = policyIds.map((policyId) => ({ policyStoreId, policyId }));
    const command = new BatchGetPolicyCommand({ requests });
    const { results } = await untilAborted(deadline(), (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    const found = new Map((results ?? []).map((policy) => [policy.policyId, policy]));
    return policyIds.map((policyId) => found.get(policyId));
  }

  /** Gathers the reads of a tick into calls; what is read is kept by the values below. */
  const reads = new DataLoader(readPolicies, { cache: false, maxBatchSize: POLICIES_PER_CALL });
  const policy = eachRefreshing('The policy', async (policyId): Promise<ReadPolicy> => {
    const definition = (await reads.load(policyId))?.definition;
    const templateId = definition?.templateLinked?.policyTemplateId;
    return templateId === undefined ? labelsOfStatic(definition?.static) : { templateId };
  });
  const template = eachRefreshing('The policy template', async (policyTemplateId) => {
    const command = new GetPolicyTemplateCommand({ policyStoreId, policyTemplateId });
    return labelsOfTemplate(
      await untilAborted(deadline(), (abortSignal) => client.send(command, { abortSignal })),
    );
  });

  /** One value for each id. */
  function eachRefreshing<T>(what: string, read: (id: string) => Promise<T>): (id: string) => Promise<T> {
    const values = new LRUCache<string, RefreshingValue<T>>({ max: maxRemembered });
    return (id) => {
      const value = values.get(id) ?? refreshing(`${what} ${id}`, () => read(id));
      values.set(id, value);
      return value.get();
    };
  }

  async function describePolicy(policyId: string): Promise<PolicyDescription> {
    const read = await policy(policyId);
    const { id = policyId, description = null } =
      'templateId' in read ? await template(read.templateId) : read;
    return { id, description };
  }

  return {
    schema: () => schema.getAtOnce(),
    refresh: () => schema.renew(),
    describe: (policyIds) =>
      Promise.all(policyIds.map((policyId) => describePolicy(policyId).catch(() => nameless(policyId)))),
  };
}

const nameless = (policyId: string): PolicyDescription => ({ id: policyId, description: null });

/** What a policy, or a template, says of itself. */
type Labels = Partial<PolicyDescription>;
type ReadPolicy = Labels | { readonly templateId: string };

interface Stored {
  readonly statement?: string | undefined;
  readonly description?: string | undefined;
}

const labelsOfStatic = (policy: Stored | undefined): Labels => labelsOf(policy, parseStatement);
const labelsOfTemplate = (template: Stored): Labels => labelsOf(template, parseTemplateStatement);

function labelsOf(stored: Stored | undefined, parse: typeof parseStatement): Labels {
  if (stored?.statement === undefined) return {};
  const parsed: ParsedStatement = parse({ id: '', statement: stored.statement }, cedarEngine);
  const { id, description = stored.description } = parsed.ok ? (parsed.json.annotations ?? {}) : {};
  return { ...(id !== undefined && { id }), ...(description !== undefined && { description }) };
}
