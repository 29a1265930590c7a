import { getDirectives } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';

import type { AuthorizeUsage, OnDenied } from '../directives/authorize.directive.js';
import { allUsages, type PlacedUsage } from '../directives/guarded-types.js';
import { AUTHORIZE_SPEC_URL } from './type-defs.js';

/** What the URLs of all versions of the specification begin with. */
const SPEC = AUTHORIZE_SPEC_URL.slice(0, AUTHORIZE_SPEC_URL.lastIndexOf('/') + 1);

type IsKnown = (value: unknown) => boolean;

const isText: IsKnown = (value) => typeof value === 'string' && value !== '';
const isLeftOut: IsKnown = (value) => value === undefined || value === null;
const ON_DENIED: Readonly<Record<OnDenied, true>> = { NULL: true, FILTER: true, REJECT: true };

/** What each argument can be. */
const ARGUMENTS: Readonly<Record<keyof AuthorizeUsage, IsKnown>> = {
  action: isText,
  resource: (value) => isLeftOut(value) || isText(value),
  resourceType: (value) => isLeftOut(value) || isText(value),
  onDenied: (value) => isLeftOut(value) || (typeof value === 'string' && Object.hasOwn(ON_DENIED, value)),
  dryRun: (value) => isLeftOut(value) || typeof value === 'boolean',
};

/**
 * Holds a schema to the version of the specification that is enforced here, so that nothing goes unguarded which another would guard.
 *
 * @throws Error naming all links and usages that say anything else
 */
export function refuseUnknown(schema: GraphQLSchema): void {
  const faults = [
    ...getDirectives(schema, schema).flatMap(faultsOfLink),
    ...allUsages(schema).flatMap(faultsOfUsage),
  ];
  if (faults.length > 0)
    throw new Error(`@authorize is not enforced as it is written:\n${faults.join('\n')}`);
}

/** Whatever the schema calls `@link`: its URL tells. */
function faultsOfLink({ args }: { readonly args?: Readonly<Record<string, unknown>> }): readonly string[] {
  const url = args?.url;
  if (typeof url !== 'string' || !url.startsWith(SPEC)) return [];
  if (url !== AUTHORIZE_SPEC_URL) return [`The schema links to ${url}: known is ${AUTHORIZE_SPEC_URL}.`];
  const names = [args?.import ?? []].flat().flatMap(importedAs);
  return names.length > 0 && names.every((name) => name === '@authorize')
    ? []
    : [`The link to ${url} has to import "@authorize" under its own name.`];
}

/** The name that an item of a link's imports gives to the directive, if it is about that: `"@name"`, or `{ name, as }`. */
function importedAs(item: unknown): readonly unknown[] {
  if (item === '@authorize') return [item];
  if (typeof item !== 'object' || item === null) return [];
  const { name, as = name } = item as { readonly name?: unknown; readonly as?: unknown };
  return name === '@authorize' ? [as] : [];
}

function faultsOfUsage({ where, argumentNames, usage }: PlacedUsage): readonly string[] {
  const unknown = Object.keys(usage).filter((name) => !Object.hasOwn(ARGUMENTS, name));
  const senseless = Object.entries(ARGUMENTS)
    .map(([name, isKnown]) => ({ name, value: usage[name as keyof AuthorizeUsage], isKnown }))
    .filter(({ value, isKnown }) => !isKnown(value));
  const [, step] = /^\$args\.([^.]*)/.exec(String(usage.resource)) ?? [];
  return [
    ...unknown.map((name) => `${where}: @authorize has no argument ${name}.`),
    ...senseless.map(({ name, value }) =>
      value === undefined
        ? `${where}: @authorize needs an ${name}.`
        : `${where}: @authorize cannot have ${JSON.stringify(value)} as its ${name}.`,
    ),
    ...(step === undefined || argumentNames.includes(step)
      ? []
      : [`${where}: @authorize finds no argument ${JSON.stringify(step)} there.`]),
  ];
}
