import { z } from 'zod';

/**
 * What routers ask before they execute an operation, and how they are answered, as JSON over HTTP.
 *
 * Apollo Router, "external coprocessing": its stages are `SupergraphRequest` and others, and what it knows is in
 * `context.entries`. A key of those that it sent and does not get back is deleted there (`update_context_from_coprocessor`).
 * https://www.apollographql.com/docs/graphos/routing/customization/coprocessor/reference
 *
 * Hive Router, "coprocessors": its stages are `graphql.analysis` and others, and what it knows is in `context` itself. Of that it
 * takes changes, and most keys are not to be changed.
 * https://the-guild.dev/graphql/hive/docs/router/customizations/coprocessors/stages-and-protocol
 */
export interface RouterMessage {
  readonly stage: string;
  /** Whether any header of the client's request came along. */
  readonly hasHeaders: boolean;
  /** The values of one of them, by its name in lower case. */
  header(name: string): readonly string[];
  /** Whether this is where policies are decided. */
  readonly decides: boolean;
  /** The policies that are to be decided, by the context keys that they are under; each at most once under a key. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  /** Whether who is signed in is to be said, and the router does not know it by itself. */
  readonly wantsClaims: boolean;
  /** The answer that lets the operation go on, with these context keys changed and nothing else. */
  answer(changes?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

/** What is wrong with a message, in words that repeat nothing of it. */
export class MalformedMessage extends Error {}

/** Where Apollo Router looks for who is signed in, for `@authenticated` and `@requiresScopes`. */
export const CLAIMS_KEY = 'apollo::authentication::jwt_claims';

const POLICY_KEYS = ['apollo::authorization::required_policies', 'hive::authorization::required_policies'];

const VERSION = 1;
const APOLLO_STAGE = 'SupergraphRequest';
const HIVE_STAGE = 'graphql.analysis';

/** What comes back is written by recursion. */
const MAX_NESTING = 500;

const RECORD = z.record(z.string(), z.unknown());
const HEADERS = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
/** What is null is not there. */
const optional = <Part extends z.ZodType>(part: Part) =>
  part.nullish().transform((value) => value ?? undefined);
const MESSAGE = z.object({
  version: z.literal(VERSION),
  stage: z.string().min(1).max(100),
  id: optional(z.string()),
  subgraphRequestId: optional(z.string()),
  headers: optional(HEADERS),
  context: optional(RECORD.refine(isShallow)),
});

const EXPECTED: Readonly<Record<string, string>> = {
  version: `its version must be ${VERSION}`,
  stage: 'its stage must be a text of at most 100 characters',
  id: 'its id must be a text',
  subgraphRequestId: 'its subgraphRequestId must be a text',
  headers: 'its headers must be an object of texts or lists of texts',
  context: `its context must be an object, nested no deeper than ${MAX_NESTING} times`,
};

/** @throws MalformedMessage */
export function readMessage(body: unknown): RouterMessage {
  const parsed = MESSAGE.safeParse(body);
  if (!parsed.success) {
    const [field] = parsed.error.issues[0]?.path ?? [];
    throw malformed(EXPECTED[String(field)] ?? 'it must be a JSON object');
  }
  const { version, stage, id, subgraphRequestId, headers, context } = parsed.data;
  const isApollo = stage === APOLLO_STAGE;
  const decides = isApollo || stage === HIVE_STAGE;
  const entries = decides ? entriesOf(context ?? {}, isApollo) : {};
  const base = {
    version,
    stage,
    ...(id !== undefined && { id }),
    ...(subgraphRequestId !== undefined && { subgraphRequestId }),
    // Apollo Router takes the status of a response for changed where there is a control.
    ...(!stage.endsWith('Response') && { control: 'continue' }),
  };
  return {
    stage,
    decides,
    hasHeaders: headers !== undefined,
    header: (name) =>
      Object.entries(headers ?? {}).flatMap(([given, values]) =>
        given.toLowerCase() === name ? values : [],
      ),
    required: requiredPolicies(entries),
    wantsClaims: isApollo && context !== undefined && (entries[CLAIMS_KEY] ?? null) === null,
    answer(changes = {}) {
      if (Object.keys(changes).length === 0) return base;
      return { ...base, context: isApollo ? { ...context, entries: { ...entries, ...changes } } : changes };
    },
  };
}

/** Without recursion: a message may be nothing but brackets. */
function isShallow(context: object): boolean {
  let level: unknown[] = [context];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return false;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}

function entriesOf(
  context: Readonly<Record<string, unknown>>,
  isApollo: boolean,
): Readonly<Record<string, unknown>> {
  if (!isApollo) return context;
  const entries = RECORD.safeParse(context.entries ?? {});
  if (!entries.success) throw malformed('the entries of its context must be an object');
  return entries.data;
}

function requiredPolicies(entries: Readonly<Record<string, unknown>>): Map<string, readonly string[]> {
  const required = new Map<string, readonly string[]>();
  for (const key of POLICY_KEYS) {
    const given = entries[key] ?? undefined;
    if (given === undefined) continue;
    const policies = RECORD.safeParse(given);
    if (!policies.success) throw malformed('its required policies must be an object');
    required.set(key, Object.keys(policies.data));
  }
  return required;
}

const malformed = (what: string): MalformedMessage =>
  new MalformedMessage(`The message is malformed: ${what}.`);
