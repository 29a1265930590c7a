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

/** Error classes of PostgreSQL that speak of the server, not of the query: Appendix A of its manual. */
const SERVER_STATES = /^(08|53|57|58)/;
const NETWORK_CODES = /^E(CONN|HOST|NET|NOTFOUND|PIPE|TIMEDOUT|AI_)/;
const POOL_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool)/;

/** Whether a query failed because the database could not be asked, so that the same one may succeed later. */
export function isDatabaseOutage(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (POOL_MESSAGES.test(at.message)) return true;
    if ('code' in at && typeof at.code === 'string') {
      return SERVER_STATES.test(at.code) || NETWORK_CODES.test(at.code);
    }
  }
  return false;
}
