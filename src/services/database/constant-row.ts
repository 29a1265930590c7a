import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

type ConstantRow<T extends PgTable> = { [Key in keyof T['$inferInsert']]-?: SQL.Aliased };

/**
 * A row as the fields of a `select`, for an `insert … select` that depends on what another part of the statement finds: the
 * row is added once for each of what the `select` is from.
 */
export function constantRow<T extends PgTable>(table: T, row: T['$inferInsert']): ConstantRow<T> {
  const fields = Object.entries(getTableColumns(table)).map(([key, column]) => {
    const value = (row as Record<string, unknown>)[key] ?? null;
    return [key, sql`${sql.param(value, column)}`.as(column.name)];
  });
  return Object.fromEntries(fields) as ConstantRow<T>;
}
