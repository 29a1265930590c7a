import type { SharedDecisions } from './shared-decisions.js';

/** For instances that share a database and have no store in which to tell each other what changed: nothing is kept. */
export const noSharedDecisions: SharedDecisions = {
  async read() {
    return null;
  },
  async keep() {},
  async renew() {},
  onRenewed() {},
  async close() {},
};
