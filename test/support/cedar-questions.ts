import fc from 'fast-check';

import type { CedarEngine } from '../../src/services/cedar/engine.js';
import type { AuthorizationRequest } from '../../src/services/cedar/policy-set.js';
import type { PolicySource } from '../../src/services/cedar/policy-statement.js';
import type { CedarSchema } from '../../src/services/cedar/schema.js';
import type { CedarEntity, CedarRecord, EntityUid } from '../../src/services/cedar/values.js';

/** What the policies and questions below speak of. */
export const SCHEMA = `
  namespace N {
    entity G in [G];
    entity U in [G] = { best?: U, level: Long } tags String;
    entity R in [G] = { owner?: U };
    action every;
    action reads in [every];
    action view, list in [reads] appliesTo { principal: [U], resource: [R, U], context: { who?: U, n?: Long } };
    action edit in [every] appliesTo { principal: [U], resource: [R, U], context: { who?: U, n?: Long } };
  }`;

/** A question with a list of what is known. */
export interface ListedRequest extends AuthorizationRequest {
  readonly entities?: readonly CedarEntity[];
}

/** Cedar's own answer from all the policies and all the entities. */
export function plainAnswer(
  engine: CedarEngine,
  policies: readonly PolicySource[],
  request: ListedRequest,
  schema?: CedarSchema,
) {
  const { principal, action, resource, context = {}, entities = [], validateRequest } = request;
  const answer = engine.module.run((wasm) =>
    wasm.isAuthorized({
      ...(validateRequest !== undefined && { validateRequest }),
      principal,
      action,
      resource,
      context: context as never,
      entities: entities as never,
      policies: { staticPolicies: Object.fromEntries(policies.map(({ id, statement }) => [id, statement])) },
      ...(schema && { schema: JSON.parse(schema.json) as never }),
    }),
  );
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  const { decision, diagnostics } = answer.response;
  return {
    effect: decision === 'allow' ? 'ALLOW' : 'DENY',
    policies: [...diagnostics.reason].sort(),
    errors: diagnostics.errors.map(({ policyId }) => policyId).sort(),
  };
}

const ids = ['a', 'b', 'c', 'd'];
const uidOf = (type: string) => fc.constantFrom(...ids).map((id): EntityUid => ({ type: `N::${type}`, id }));
const write = ({ type, id }: EntityUid) => `${type}::"${id}"`;
const anyUid = fc.oneof(uidOf('U'), uidOf('R'), uidOf('G'));

const entityScope = (name: string) =>
  fc.oneof(
    fc.constant(name),
    anyUid.map((uid) => `${name} == ${write(uid)}`),
    anyUid.map((uid) => `${name} in ${write(uid)}`),
    fc.constantFrom('U', 'R').map((type) => `${name} is N::${type}`),
    fc
      .tuple(fc.constantFrom('U', 'R'), anyUid)
      .map(([type, uid]) => `${name} is N::${type} in ${write(uid)}`),
  );
const actionName = fc
  .constantFrom('view', 'list', 'edit', 'reads', 'every')
  .map((id) => `N::Action::"${id}"`);
const actionScope = fc.oneof(
  fc.constant('action'),
  actionName.map((name) => `action == ${name}`),
  actionName.map((name) => `action in ${name}`),
  fc.array(actionName, { maxLength: 3 }).map((names) => `action in [${names.join(', ')}]`),
);
const condition = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'principal.level > 1',
    'principal.best.level == 2',
    'principal.best in N::G::"a"',
    'resource has owner && resource.owner.best == principal',
    'resource.owner in N::G::"b"',
    'context.who.level < 3',
    'context has n && context.n == 1',
    'principal.getTag("t") == "x"',
    'context.who in [N::G::"a", N::G::"c"]',
  ),
  uidOf('U').map((uid) => `${write(uid)}.level == 1`),
  uidOf('U').map((uid) => `${write(uid)}.best in N::G::"c"`),
);
const policy = fc
  .tuple(
    fc.constantFrom('permit', 'forbid'),
    entityScope('principal'),
    actionScope,
    entityScope('resource'),
    condition,
  )
  .map(
    ([effect, principal, action, resource, body]) =>
      `${effect} (${principal}, ${action}, ${resource}) when { ${body} };`,
  );
/** As many as are looked at one by one, or so many that they are looked up. */
export const policies = fc
  .array(policy, { maxLength: 24, size: 'max' })
  .map((statements) => statements.map((statement, index): PolicySource => ({ id: `p${index}`, statement })));

/** Parents come later in the alphabet, so that there are no cycles. */
const parentsAfter = (id: string) =>
  fc
    .subarray(ids.filter((other) => other > id))
    .map((found) => found.map((parent) => ({ type: 'N::G', id: parent })));
const reference = (uid: EntityUid | undefined, name: string): CedarRecord =>
  uid === undefined ? {} : { [name]: { __entity: { ...uid } } };
const entity = (id: string): fc.Arbitrary<CedarEntity>[] => [
  parentsAfter(id).map((parents) => ({ uid: { type: 'N::G', id }, attrs: {}, parents })),
  fc
    .record({
      best: fc.option(uidOf('U'), { nil: undefined }),
      level: fc.integer({ min: 0, max: 3 }),
      parents: parentsAfter(id),
      tagged: fc.boolean(),
    })
    .map(({ best, level, parents, tagged }) => ({
      uid: { type: 'N::U', id },
      attrs: { level, ...reference(best, 'best') },
      parents,
      ...(tagged && { tags: { t: 'x' } }),
    })),
  fc
    .tuple(fc.option(uidOf('U'), { nil: undefined }), parentsAfter(id))
    .map(([owner, parents]) => ({ uid: { type: 'N::R', id }, attrs: reference(owner, 'owner'), parents })),
];
export const entities = fc.tuple(...ids.flatMap(entity)).chain((all) => fc.subarray(all));
/** A question without its entities. */
export const question: fc.Arbitrary<AuthorizationRequest> = fc.record({
  principal: uidOf('U'),
  action: fc.constantFrom('view', 'list', 'edit').map((id) => ({ type: 'N::Action', id })),
  resource: fc.oneof(uidOf('R'), uidOf('U')),
  context: fc
    .tuple(fc.option(uidOf('U'), { nil: undefined }), fc.constantFrom<CedarRecord>({}, { n: 1 }, { n: 2 }))
    .map(([who, rest]) => ({ ...rest, ...reference(who, 'who') })),
});
