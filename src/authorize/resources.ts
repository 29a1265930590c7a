import type { Description } from '../directives/guard-terms.js';
import type { CedarRecord } from '../services/authorization/question.js';
import { whenOneKnown, type MaybePromise } from '../services/maybe-promise.js';
import type { Facts } from './question.js';

/** What the policies are told of the entities of one GraphQL type. */
export interface ResourceOptions<Context> {
  /** Of one that was found. */
  attributes(value: object, context: Context): MaybePromise<Facts>;
  /** Finds one that is only named, as by `$args.id`; nobody may do anything to what does not exist. */
  load?(id: string, context: Context): MaybePromise<object | null | undefined>;
}

/** By the names of types. A function is their attributes. */
export type Resources<Context> = Readonly<
  Record<string, ResourceOptions<Context> | ResourceOptions<Context>['attributes']>
>;

/** What is said of each type, by its Cedar name. */
export function describeResources<Context>(
  resources: Resources<Context>,
  qualifyType: (type: string) => string,
): ReadonlyMap<string, Description> {
  return new Map(
    Object.entries(resources).map(([type, options]) => [qualifyType(type), description(options)]),
  );
}

/** @throws TypeError where a function that was to say something has not */
function requireFacts(facts: Facts | undefined): CedarRecord {
  if (facts === undefined) throw new TypeError('The attributes of a resource are undefined.');
  return facts as CedarRecord;
}

function description<Context>(
  options: ResourceOptions<Context> | ResourceOptions<Context>['attributes'],
): Description {
  const described = typeof options === 'function' ? { attributes: options } : options;
  const ofValue = (value: object, context: unknown) =>
    whenOneKnown(described.attributes(value, context as Context), requireFacts);
  if (!('load' in described) || described.load === undefined) return { ofValue };
  const load = described.load.bind(described);
  return {
    ofValue,
    ofId: (id, context) =>
      whenOneKnown(load(id, context as Context), (value) =>
        value === null || value === undefined ? undefined : ofValue(value, context),
      ),
  };
}
