import type { EntityUid } from '../src/services/cedar/values.js';
import type { Chance } from './chance.js';
import { qualified, type Attributes, type Kind, type Model } from './model.js';
import { anyUid } from './values.js';

export interface StaticPolicy {
  readonly statement: string;
}

export interface LinkedPolicy {
  /** The template's. */
  readonly statement: string;
  readonly values: { readonly principal?: EntityUid; readonly resource?: EntityUid };
}

export type FuzzPolicy = StaticPolicy | LinkedPolicy;

export const policiesOf = (chance: Chance, model: Model): FuzzPolicy[] =>
  chance
    .list(1, 10, () => policyOf(chance, model))
    .concat(chance.happens(0.3) ? policyOnNamed(chance, model) : []);

/** One that rests on nothing but what is true of somebody whom the context names, where a context names anybody. */
function policyOnNamed(chance: Chance, model: Model): FuzzPolicy[] {
  const named = Object.values(model.actions).flatMap(({ context }) =>
    Object.entries(context).filter(([, { kind }]) => typeof kind === 'object' && 'entity' in kind),
  );
  if (named.length === 0) return [];
  const condition = attributeOf(chance, model, 'context', Object.fromEntries(named));
  return [{ statement: `permit (principal, action, resource) when { ${condition} };` }];
}

/** One that permits more often than it forbids. */
export function policyOf(chance: Chance, model: Model): FuzzPolicy {
  const effect = chance.happens(0.75) ? 'permit' : 'forbid';
  const slots = chance.happens(0.25)
    ? chance.pick([['principal'], ['resource'], ['principal', 'resource']])
    : [];
  const [principal, resource] = ['principal', 'resource'].map((name) =>
    slots.includes(name) ? `${name} ${chance.pick(['==', 'in'])} ?${name}` : scopeOf(chance, model, name),
  );
  const conditions = chance.list(0, 2, () => {
    const clause = chance.happens(0.85) ? 'when' : 'unless';
    return `${clause} { ${conditionOf(chance, model)} }`;
  });
  const statement = `${effect} (${principal}, ${actionScopeOf(chance, model)}, ${resource}) ${conditions.join(' ')};`;
  if (slots.length === 0) return { statement };
  const values = Object.fromEntries(slots.map((slot) => [slot, anyUid(chance, model)]));
  return { statement, values };
}

/** An entity as Cedar writes it. */
function write({ type, id }: EntityUid): string {
  const escaped = id.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\0', '\\0');
  return `${type}::"${escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
}

function scopeOf(chance: Chance, model: Model, name: string): string {
  const uid = () => write(anyUid(chance, model));
  const type = () => qualified(model, chance.pick(Object.keys(model.types)));
  return chance.pick([
    () => name,
    () => name,
    () => `${name} == ${uid()}`,
    () => `${name} in ${uid()}`,
    () => `${name} is ${type()}`,
    () => `${name} is ${type()} in ${uid()}`,
  ])();
}

function actionScopeOf(chance: Chance, model: Model): string {
  const action = () =>
    write({ type: qualified(model, 'Action'), id: chance.pick(Object.keys(model.actions)) });
  return chance.pick([
    () => 'action',
    () => `action == ${action()}`,
    () => `action in ${action()}`,
    () => `action in [${action()}, ${action()}]`,
  ])();
}

function conditionOf(chance: Chance, model: Model): string {
  const one = () =>
    chance.pick([
      () =>
        chance.pick([
          'true',
          'false',
          'principal == resource',
          'principal has missing',
          'resource.missing == 1',
        ]),
      () => `principal in ${write(anyUid(chance, model))}`,
      // None looks into an entity that only it names: such policies are refused (src/services/cedar/policy-grounds.ts).
      () => `resource in ${write(anyUid(chance, model))}`,
      () => attributeOf(chance, model, chance.pick(['principal', 'resource']), typeAttributes(chance, model)),
      () => `${chance.pick(['principal', 'resource'])} == ${write(anyUid(chance, model))}`,
      () => attributeOf(chance, model, 'context', anyContext(chance, model)),
      () => attributeOf(chance, model, 'context', anyContext(chance, model)),
      () => `principal.hasTag("t") && principal.getTag("t") == "x"`,
      () => `principal.getTag("t") like "x*"`,
    ])();
  return chance.happens(0.3) ? `(${one()}) ${chance.pick(['&&', '||'])} (${one()})` : one();
}

const anyContext = (chance: Chance, model: Model): Attributes =>
  chance.pick(Object.values(model.actions).filter(({ principals }) => principals.length > 0)).context;

const typeAttributes = (chance: Chance, model: Model): Attributes =>
  chance.pick(Object.values(model.types)).attributes;

/** A condition on an attribute of something, which may lack it. */
function attributeOf(chance: Chance, model: Model, of: string, attributes: Attributes): string {
  const names = Object.keys(attributes);
  if (names.length === 0) return `${of} == principal`;
  const name = chance.pick(names);
  const path = `${of}[${JSON.stringify(name)}]`;
  const test = testOf(chance, model, path, attributes[name]?.kind ?? 'Long');
  return chance.happens(0.7) ? `(${of} has ${JSON.stringify(name)}) && (${test})` : test;
}

function testOf(chance: Chance, model: Model, path: string, kind: Kind): string {
  if (kind === 'Long') {
    return chance.pick([
      `${path} > 1`,
      `${path} == 1`,
      `${path} + 9223372036854775807 > 0`,
      `${path} * 2 <= 6`,
    ]);
  }
  if (kind === 'String') return chance.pick([`${path} == "x"`, `${path} like "x*"`, `${path} != "é"`]);
  if (kind === 'Boolean') return chance.pick([path, `!${path}`]);
  if (kind === 'ipaddr') return chance.pick([`${path}.isInRange(ip("10.0.0.0/8"))`, `${path}.isIpv6()`]);
  if (kind === 'decimal') return `${path}.lessThan(decimal("1.5"))`;
  if ('entity' in kind) {
    const type = model.types[kind.entity]?.attributes ?? {};
    return chance.pick([
      () => `${path} == principal`,
      () => `${path} in ${write(anyUid(chance, model))}`,
      () => attributeOf(chance, model, path, type),
      () => attributeOf(chance, model, path, type),
    ])();
  }
  if ('record' in kind) return attributeOf(chance, model, path, kind.record);
  if (kind.set === 'String') return chance.pick([`${path}.contains("x")`, `${path}.isEmpty()`]);
  return chance.pick([`${path}.contains(principal)`, `principal in ${path}`]);
}
