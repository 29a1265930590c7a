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
