import { inspect } from 'node:util';

import type { Logger } from 'drizzle-orm';

const hidden = () => '[hidden]';

/**
 * Keeps the values of a query out of the error that a failed one throws.
 *
 * drizzle writes the parameters of a failed query (digests, keys, addresses) into the error's message and its
 * `params`. Its query logger is called with that very array before the query runs, which is where the array learns
 * to say `[hidden]` to whoever writes it as text, as JSON or to a console. The drivers read it by index, as ever.
 */
export const hiddenParameters: Logger = {
  logQuery(_query, params) {
    for (const name of ['toString', 'toJSON', inspect.custom]) {
      Object.defineProperty(params, name, { value: hidden, enumerable: false });
    }
  },
};
