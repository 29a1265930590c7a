import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type ExecutionResult, type GraphQLSchema } from 'graphql';

import { enforceAuthorize } from '../../src/directives/authorize.transformer.js';
import type { GuardContext, Refusal, TrialDenial } from '../../src/directives/guard-context.js';
import { unauthenticated } from '../../src/errors.js';
import { isService, principalOf, type Asker } from '../../src/services/authentication/asker.js';
import type { ServiceCaller } from '../../src/services/service-callers/service-caller.js';
import type { Decision, DecisionReason } from '../../src/services/authorization/decision.js';
import { qualifyAction, userUid } from '../../src/services/authorization/names.js';
import { uidText, type EntityUid } from '../../src/services/authorization/question.js';

/** What a schema of a test's own needs before it may say `@authorize`. */
export const AUTHORIZE_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
  directive @authorize(
    action: String!
    resource: String
    resourceType: String
    onDenied: OnDenied
    dryRun: Boolean = false
  ) repeatable on FIELD_DEFINITION | OBJECT
  enum OnDenied { NULL FILTER REJECT }
  directive @public on OBJECT
`;

/** A guarded subgraph schema of a test's own. */
export function guardedSchema(sdl: string, resolvers: object = {}): GraphQLSchema {
  return enforceAuthorize(
    buildSubgraphSchema({ typeDefs: parse(AUTHORIZE_SDL + sdl), resolvers: resolvers as never }),
  );
}

/** The questions of one action about entities of one type, as a `ScriptedContext` names those that it allows. */
export const may = (action: string, type: string, ...ids: string[]): string[] =>
  ids.map((id) => `${action} Identity::${type}::"${id}"`);

/** A context whose decisions follow a list of what is allowed, `action Type::"id"` each. */
export class ScriptedContext implements GuardContext {
  readonly asked: string[] = [];
  readonly filtered: string[] = [];
  readonly trials: TrialDenial[] = [];
  refusal: Refusal | undefined;
  private readonly admitted = new WeakMap<object, Set<string>>();

  constructor(
    private readonly viewerId: string | ServiceCaller | null,
    private readonly allowed: readonly string[] | ((question: string) => DecisionReason),
  ) {}

  get resolverContext(): this {
    return this;
  }

  accountOf(asker: Asker): EntityUid | undefined {
    return isService(asker) ? undefined : userUid(asker.userId);
  }

  requireAsker(): Asker {
    if (this.viewerId === null) throw unauthenticated();
    if (typeof this.viewerId !== 'string') return this.viewerId;
    return { userId: this.viewerId, userType: 'END_USER' } as Asker;
  }

  async ask(asker: Asker, action: string, resource: EntityUid): Promise<Decision> {
    const question = `${action} ${uidText(resource)}`;
    this.asked.push(question);
    const reason =
      typeof this.allowed === 'function'
        ? this.allowed(question)
        : this.allowed.includes(question)
          ? 'PERMITTED'
          : 'NOT_PERMITTED';
    return {
      allowed: reason === 'PERMITTED',
      effect: reason === 'PERMITTED' ? 'ALLOW' : 'DENY',
      reason,
      principal: principalOf(asker),
      action: qualifyAction(action, resource.type),
      resource,
      determiningPolicies: [],
      errors: [],
      source: 'ENGINE',
      evaluatedAt: new Date(0),
    };
  }

  isAdmitted(object: object, typeName: string): boolean {
    return this.admitted.get(object)?.has(typeName) ?? false;
  }

  admit(object: object, typeName: string): void {
    this.admitted.set(object, (this.admitted.get(object) ?? new Set()).add(typeName));
  }

  noteFiltered(resource: EntityUid): void {
    this.filtered.push(uidText(resource));
  }

  noteDryRun(denial: TrialDenial): void {
    this.trials.push(denial);
  }

  refuse(refusal: Refusal): void {
    this.refusal ??= refusal;
  }
}

/** Runs an operation, and tells errors by `CODE at path`. */
export async function execute(
  schema: GraphQLSchema,
  source: string,
  contextValue: GuardContext,
  variableValues: Record<string, unknown> = {},
): Promise<{ data: ExecutionResult['data']; errors: string[] }> {
  const { data, errors = [] } = await graphql({ schema, source, contextValue, variableValues });
  const codeOf = (error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    data: JSON.parse(JSON.stringify(data ?? null)) as ExecutionResult['data'],
    errors: errors.map(
      (error) => `${codeOf(error.originalError ?? error)} at ${error.path?.join('.') ?? '?'}`,
    ),
  };
}
