import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import type { AuthorizationRequest } from '../services/cedar/policy-set.js';
import type { CedarEntity, CedarRecord, CedarValue, Effect, EntityUid } from '../services/cedar/values.js';

/** One decision test of `policies/cases`, ready to be asked. */
export interface PolicyCase {
  readonly file: string;
  readonly description: string;
  readonly request: AuthorizationRequest;
  readonly decision: Effect;
  /** The policies that must decide, sorted; none where no policy matches. */
  readonly policies: readonly string[];
  /** The policies that must fail to evaluate, sorted. */
  readonly errors: readonly string[];
}

/**
 * `Type::id`: the type within the file's namespace, and the rest is the id. Or as Cedar has it, `Namespace::Type::"id"`, for a type
 * of another namespace.
 */
const uidText = z
  .string()
  .regex(/^[A-Za-z_]\w*::[\s\S]/, 'must be written Type::id or Namespace::Type::"id"');
const IN_FULL = /^((?:[A-Za-z_]\w*::)+[A-Za-z_]\w*)::"([^"\\]*)"$/;

const cedarValue: z.ZodType<CedarValue> = z.lazy(() =>
  z.union([z.boolean(), z.number(), z.string(), z.array(cedarValue), z.record(z.string(), cedarValue)]),
);
const cedarRecord: z.ZodType<CedarRecord> = z.record(z.string(), cedarValue);

const caseFile = z.strictObject({
  description: z.string().min(1),
  namespace: z.string(),
  entities: z.record(
    uidText,
    z.strictObject({
      attrs: cedarRecord.default({}),
      parents: z.array(uidText).default([]),
      tags: cedarRecord.optional(),
    }),
  ),
  cases: z
    .array(
      z.strictObject({
        description: z.string().min(1),
        principal: uidText,
        action: z.string().min(1),
        resource: uidText,
        context: cedarRecord.default({}),
        decision: z.enum(['ALLOW', 'DENY']),
        policies: z.array(z.string()),
        errors: z.array(z.string()).default([]),
      }),
    )
    .min(1),
});

/** A file of cases that is not what it should be; one line a fault, each beginning with the file. */
export class PolicyCasesError extends Error {
  override readonly name = 'PolicyCasesError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Reads every `*.json` in the `cases` of a folder of policies, and in those of the folders in it, in the order of their names.
 *
 * @throws PolicyCasesError
 */
export async function readPolicyCases(folder: string): Promise<PolicyCase[]> {
  const names = await caseFilesIn(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  );
  const problems: string[] = [];
  const cases = files.flatMap(({ name, text }) => {
    const parsed = caseFile.safeParse(parseJson(text));
    if (parsed.success) return casesOf(name, parsed.data);
    problems.push(
      ...parsed.error.issues.map(({ path, message }) => `${name}: ${path.join('.')}: ${message}`),
    );
    return [];
  });
  if (problems.length > 0) throw new PolicyCasesError(problems);
  return cases;
}

async function caseFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'cases');
  const places = ['cases', ...folders.map(({ name }) => `${name}/cases`).sort()];
  const names = await Promise.all(
    places.map(async (place) => {
      const files = await readdir(join(folder, place)).catch(() => []);
      return files
        .filter((name) => name.endsWith('.json'))
        .map((name) => `${place}/${name}`)
        .sort();
    }),
  );
  return names.flat();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function casesOf(file: string, { namespace, entities, cases }: z.infer<typeof caseFile>): PolicyCase[] {
  const prefix = namespace === '' ? '' : `${namespace}::`;
  const uid = (text: string): EntityUid => {
    const [, type, id] = IN_FULL.exec(text) ?? [];
    if (type !== undefined && id !== undefined) return { type, id };
    const separator = text.indexOf('::');
    return { type: `${prefix}${text.slice(0, separator)}`, id: text.slice(separator + 2) };
  };
  const known = Object.entries(entities).map(([name, { attrs, parents, tags }]): CedarEntity => ({
    uid: uid(name),
    attrs,
    parents: parents.map(uid),
    ...(tags && { tags }),
  }));
  return cases.map(({ description, principal, action, resource, context, decision, policies, errors }) => ({
    file,
    description,
    request: {
      principal: uid(principal),
      action: { type: `${prefix}Action`, id: action },
      resource: uid(resource),
      context,
      entities: known,
    },
    decision,
    policies: [...policies].sort(),
    errors: [...errors].sort(),
  }));
}
