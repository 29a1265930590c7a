import { getDirective } from '@graphql-tools/utils';
import fc from 'fast-check';
import { isObjectType, parse, print, valueFromASTUntyped, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';

import type { AuthorizeUsage } from '../../../src/directives/authorize.directive.js';
import { subgraphParts } from '../../../src/resolvers/index.js';
import { AUTHENTICATION_MUTATIONS } from '../../../src/schema/authentication-mutations.js';
import { buildUnguardedSchema } from '../../../src/schema/build-schema.js';
import { routerDirectives } from '../../../src/schema/router-directives.js';
import type { ServiceCaller } from '../../../src/services/service-callers/service-caller.js';
import { execute, guardedSchema, ScriptedContext } from '../../support/guarded-schema.js';

const derived = (...usages: AuthorizeUsage[]) => routerDirectives(usages).map(print).join(' ');

describe('the directives of a root field for routers', () => {
  it.each<[string, AuthorizeUsage[], string]>([
    ['nothing of no guard', [], ''],
    [
      'the policy of what is about the application',
      [{ action: 'list' }],
      '@authenticated @policy(policies: [["list"]])',
    ],
    [
      'all of them where there are several, each once',
      [{ action: 'a' }, { action: 'b', onDenied: 'REJECT' }, { action: 'a' }],
      '@authenticated @policy(policies: [["a", "b"]])',
    ],
    [
      'that somebody asks, of arguments',
      [{ action: 'a', resource: '$args.id', resourceType: 'T' }],
      '@authenticated',
    ],
    ['that somebody asks, of the viewer', [{ action: 'a', resource: '$viewer' }], '@authenticated'],
    ['that somebody asks, of items', [{ action: 'a', onDenied: 'FILTER' }], '@authenticated'],
    [
      'what of several can be told',
      [{ action: 'a' }, { action: 'b', resource: '$viewer' }],
      '@authenticated @policy(policies: [["a"]])',
    ],
    ['nothing of a guard on trial', [{ action: 'a', dryRun: true }], ''],
    [
      'what is beside a guard on trial',
      [
        { action: 'a', dryRun: true },
        { action: 'b', resource: '$viewer' },
      ],
      '@authenticated',
    ],
    [
      'an action of another namespace',
      [{ action: 'Documents::Action::"list all"' }],
      '@authenticated @policy(policies: [["Documents::Action::\\"list all\\""]])',
    ],
    [
      'that somebody asks, of an action that no policy string can name',
      [{ action: 'list all' }],
      '@authenticated',
    ],
  ])('tell %s', (_what, usages, directives) => {
    expect(derived(...usages)).toBe(directives);
  });

  const ACTIONS = ['look', 'list', 'Documents::Action::"look"'];
  const RESOURCES = ['Identity::Application::"portcullis"', 'Identity::Item::"7"', 'Identity::User::"v"'];
  const questions = ACTIONS.flatMap((action) => RESOURCES.map((resource) => `${action} ${resource}`));
  const usage: fc.Arbitrary<AuthorizeUsage> = fc
    .tuple(
      fc.constantFrom(...ACTIONS),
      fc.constantFrom<Omit<AuthorizeUsage, 'action'>>(
        {},
        { onDenied: 'REJECT' },
        { resource: '$viewer' },
        { resource: '$args.id', resourceType: 'Item' },
        { onDenied: 'FILTER' },
        { resource: '$item.id', onDenied: 'REJECT' },
      ),
      fc.boolean(),
    )
    .map(([action, rest, dryRun]) => ({ action, ...rest, dryRun }));
  const written = ({ onDenied, ...rest }: AuthorizeUsage) => {
    const texts = Object.entries(rest).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return `@authorize(${[...texts, ...(onDenied ? [`onDenied: ${onDenied}`] : [])].join(', ')})`;
  };
  const service: ServiceCaller = { id: 's', scopes: ['portcullis/decide'], expiresAt: new Date(0) };

  it('refuse nobody whom the guards would admit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(usage, { minLength: 1, maxLength: 3 }),
        fc.constantFrom<string | ServiceCaller | null>(null, 'v', service),
        fc.subarray(questions),
        fc.constantFrom('Query', 'Mutation'),
        async (usages, caller, allowed, root) => {
          const sdl = `type Query { a: String } type Item { id: ID! }
            extend type ${root} { f(id: ID = "7"): [Item] ${usages.map(written).join(' ')} }`;
          const schema = guardedSchema(root === 'Query' ? sdl : `${sdl} type Mutation { b: String }`, {
            [root]: { f: () => [{ id: '7' }] },
          });
          const operation = `${root.toLowerCase()} { f { id } }`;
          const { data, errors } = await execute(schema, operation, new ScriptedContext(caller, allowed));
          const admitted = errors.length === 0 && data?.f !== null;
          expect(refusedBy(usages, caller, allowed) && admitted).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  /** As a router does it: all of one inner list have to be granted. */
  function refusedBy(
    usages: readonly AuthorizeUsage[],
    caller: unknown,
    allowed: readonly string[],
  ): boolean {
    return routerDirectives(usages).some(({ name, arguments: args }) => {
      if (name.value === 'authenticated') return caller === null;
      const [policies] = args?.map(({ value }) => valueFromASTUntyped(value)) as string[][][];
      return !policies!.some((all) => all.every((policy) => allowed.includes(`${policy} ${RESOURCES[0]!}`)));
    });
  }
});

describe('the schema', () => {
  const { schema, sdl } = buildUnguardedSchema(subgraphParts);
  const of = (field: object, name: string) => getDirective(schema, field, name);
  const rootFields = (of: GraphQLSchema) =>
    [of.getQueryType(), of.getMutationType()].flatMap((type) => Object.values(type?.getFields() ?? {}));

  it('tells routers of every guarded root field that somebody has to be signed in, and of no other', () => {
    for (const field of rootFields(schema)) {
      const isGuarded = of(field, 'authorize') !== undefined;
      const told = of(field, 'authenticated') ?? of(field, 'federation__authenticated');
      expect([field.name, told !== undefined]).toEqual([field.name, isGuarded]);
    }
    const policies = rootFields(schema).flatMap((field) => of(field, 'policy') ?? []);
    expect(policies).toEqual([{ policies: [['listUsers']] }, { policies: [['createUser']] }]);
  });

  it('tells them nothing of what nobody needs to be signed in for', () => {
    const open = rootFields(schema).filter((field) => of(field, 'authorize') === undefined);
    for (const name of ['me', 'login', 'register', 'refreshTokens', 'forgotPassword', 'logout']) {
      expect(open.map((field) => field.name)).toContain(name);
    }
    expect(open.filter(({ name }) => AUTHENTICATION_MUTATIONS.has(name)).length).toBeGreaterThan(10);
  });

  it('tells them nothing below a root field: who has just signed in is there, and the router does not know them', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const below = Object.values(schema.getTypeMap()).filter((type) => !roots.some((root) => root === type));
    const nodes = below.flatMap((type) => [
      type,
      ...(isObjectType(type) ? Object.values(type.getFields()) : []),
    ]);
    const told = nodes.flatMap((node) => [
      ...(of(node, 'authenticated') ?? []),
      ...(of(node, 'policy') ?? []),
    ]);
    expect(told).toEqual([]);
    expect(nodes.length).toBeGreaterThan(100);
  });

  it('says no such thing where it is told so, and is otherwise the same', () => {
    const plain = buildUnguardedSchema(subgraphParts, { routerDirectives: false }).sdl;
    expect(plain).not.toMatch(/@authenticated|@policy/);
    const fields = (text: string) =>
      print(parse(text))
        .replace(/^extend schema.*$/m, '')
        .replace(/"""\nRead by routers[^]*?directive @policy.*\n/, '')
        .replace(/ @(authenticated|policy\(.*?\]\]\))/g, '')
        .replace(/\n+/g, '\n');
    expect(fields(sdl)).toBe(fields(plain));
  });
});
