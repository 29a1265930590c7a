/*
 * Checks of what JSON left of a value. They are made of everything that is read from a cache, tens of times a request:
 * by hand they take a fraction of the time that a schema does. What is made after them is one plain literal, as spreading
 * several objects into one would take longer than all the rest.
 */

/** What is known of a value's fields before they are checked. Whatever has no fields lacks them all. */
export const fieldsOf = <Value>(json: unknown): { readonly [Key in keyof Value]?: unknown } => json ?? {};

export const isTextOrNull = (json: unknown): json is string | null =>
  json === null || typeof json === 'string';

export const isOneOf = <Name extends string>(names: readonly Name[], json: unknown): json is Name =>
  (names as readonly unknown[]).includes(json);

/** JSON carries dates as text. Undefined for what is none. */
export function reviveDate(json: unknown): Date | undefined {
  if (typeof json !== 'string') return undefined;
  const date = new Date(json);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
