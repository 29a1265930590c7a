import type { ApolloServerPlugin } from '@apollo/server';
import { visit } from 'graphql';

/** Some 40 microseconds for each error. */
const MAX_LINES = 500;

/** As graphql-js tells them. */
const LINE_END = /\r\n|[\n\r]/;

/**
 * Has the errors of a document of more than 500 lines say no locations: graphql-js walks through all lines for each of them,
 * and a list can answer with thousands. Their paths still say where they are.
 */
export const locateInShortDocuments: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async validationDidStart({ document, source }) {
        if (source.split(LINE_END, MAX_LINES + 1).length <= MAX_LINES) return;
        visit(document, { enter: (node) => void Reflect.set(node, 'loc', undefined) });
      },
    };
  },
};
