import { z } from 'zod';

import type { CedarRecord, CedarValue } from '../../services/cedar/values.js';
import { entityIdentifier } from './input.js';

/** A value with its type spelled out: exactly one member (API_AttributeValue in the API reference). */
export type AttributeValue =
  z.output<typeof scalarValue> | { set: AttributeValue[] } | { record: AttributeRecord };
export type AttributeRecord = Record<string, AttributeValue>;

const scalarValue = z.union([
  z.strictObject({ boolean: z.boolean() }),
  z.strictObject({ long: z.int() }),
  z.strictObject({ string: z.string() }),
  z.strictObject({ entityIdentifier }),
  z.strictObject({ ipaddr: z.string() }),
  z.strictObject({ decimal: z.string() }),
  z.strictObject({ datetime: z.string() }),
  z.strictObject({ duration: z.string() }),
]);

export const attributeValue: z.ZodType<AttributeValue> = z.lazy(() =>
  z.union(
    [
      scalarValue,
      z.strictObject({ set: z.array(attributeValue) }),
      z.strictObject({ record: attributeRecord }),
    ],
    'must have one of boolean, long, string, set, record, entityIdentifier, ipaddr, decimal, datetime, duration',
  ),
);

/** z.record would drop a member of this name without a word, and with it a fact that a policy may ask for. */
const withoutProto = z
  .unknown()
  .refine(
    (value) => typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__'),
    'must have no member named __proto__',
  );

export const attributeRecord: z.ZodType<AttributeRecord> = z.lazy(() =>
  withoutProto.pipe(z.record(z.string(), attributeValue)),
);

const extension = (fn: string, arg: string): CedarValue => ({ __extn: { fn, arg } });

/** The same value in Cedar's JSON. */
export function toCedarValue(value: AttributeValue): CedarValue {
  if ('boolean' in value) return value.boolean;
  if ('long' in value) return value.long;
  if ('string' in value) return value.string;
  if ('set' in value) return value.set.map(toCedarValue);
  if ('record' in value) return toCedarRecord(value.record);
  if ('ipaddr' in value) return extension('ip', value.ipaddr);
  if ('decimal' in value) return extension('decimal', value.decimal);
  if ('datetime' in value) return extension('datetime', value.datetime);
  if ('duration' in value) return extension('duration', value.duration);
  const { entityType: type, entityId: id } = value.entityIdentifier;
  return { __entity: { type, id } };
}

export function toCedarRecord(record: AttributeRecord): CedarRecord {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, toCedarValue(value)]));
}
