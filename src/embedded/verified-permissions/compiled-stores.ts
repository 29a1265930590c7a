import { asc, eq } from 'drizzle-orm';

import { cedarEngine, type CedarEngine } from '../../services/cedar/engine.js';
import { compilePolicySet, type CompiledPolicySet } from '../../services/cedar/policy-set.js';
import { parseTemplate } from '../../services/cedar/policy-template.js';
import { parseSchema } from '../../services/cedar/schema.js';
import type { Db } from '../../services/database/database.js';
import {
  policies,
  policyStores,
  policyTemplates,
} from '../../services/database/schema/embedded-verified-permissions.js';
import { notFound } from './exceptions.js';
import { toSlotValues } from './slot-values.js';

/** A policy store, ready to answer. */
export interface CompiledStore {
  readonly policySet: CompiledPolicySet;
  readonly validationMode: 'OFF' | 'STRICT';
}

export interface CompiledStores {
  /**
   * The store as it is now: its revision is read each time, since another process may have written.
   * @throws AwsServiceError ResourceNotFoundException
   */
  get(storeId: string): Promise<CompiledStore>;
}

interface Entry {
  readonly revision: number;
  readonly store: Promise<CompiledStore>;
}

/** How many stores stay compiled. */
const CAPACITY = 64;

export function createCompiledStores(db: Db, engine: CedarEngine = cedarEngine): CompiledStores {
  const entries = new Map<string, Entry>();

  const remember = (storeId: string, entry: Entry): Promise<CompiledStore> => {
    entries.delete(storeId);
    entries.set(storeId, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= CAPACITY) break;
      entries.delete(oldest);
    }
    return entry.store;
  };

  return {
    async get(storeId) {
      const [row] = await db
        .select({ revision: policyStores.revision })
        .from(policyStores)
        .where(eq(policyStores.id, storeId));
      if (row === undefined) throw notFound('POLICY_STORE', storeId);
      const known = entries.get(storeId);
      if (known !== undefined && known.revision >= row.revision) return remember(storeId, known);
      const store = compileStore(db, storeId, engine);
      store.catch(() => entries.get(storeId)?.store === store && entries.delete(storeId));
      return remember(storeId, { revision: row.revision, store });
    },
  };
}

/** One snapshot of schema, templates and policies. It may be newer than the revision that was asked for, never older. */
async function compileStore(db: Db, storeId: string, engine: CedarEngine): Promise<CompiledStore> {
  const [store, templates, rows] = await db.transaction(
    async (tx) => [
      (await tx.select().from(policyStores).where(eq(policyStores.id, storeId)))[0],
      await tx.select().from(policyTemplates).where(eq(policyTemplates.storeId, storeId)),
      await tx.select().from(policies).where(eq(policies.storeId, storeId)).orderBy(asc(policies.id)),
    ],
    { isolationLevel: 'repeatable read' },
  );
  if (store === undefined) throw notFound('POLICY_STORE', storeId);
  const schema = store.schema === null ? undefined : parseSchema(store.schema, engine);
  const parsed = new Map(templates.map((template) => [template.id, parseTemplate(template, engine)]));
  const sources = rows.map((row) => {
    const template = row.templateId === null ? undefined : parsed.get(row.templateId);
    return template === undefined
      ? { id: row.id, statement: row.statement ?? '' }
      : { id: row.id, template, values: toSlotValues(row) };
  });
  return {
    policySet: compilePolicySet({ id: storeId, policies: sources, ...(schema && { schema }) }, engine),
    validationMode: store.validationMode,
  };
}
