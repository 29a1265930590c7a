/**
 * Whether a query failed because the row, by its key or a unique column, exists already (SQLSTATE 23505).
 *
 * @param constraint the name of the key or index, where a table has several
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const failure = serverError(error);
  return failure?.code === '23505' && (constraint === undefined || failure.constraint === constraint);
}

interface ServerError {
  code: string;
  constraint?: string;
}

/** drizzle throws an error of its own around the driver's; both drivers name code and constraint alike. */
function serverError(error: unknown): ServerError | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'string'
    ? (error as Error & ServerError)
    : serverError(error.cause);
}
