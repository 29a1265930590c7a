import { createHash } from 'node:crypto';

import { EXAMPLE_OPERATIONS } from './example-operations.js';

export interface Playground {
  readonly html: string;
  /** Lets the page run its one script, and talk to nobody but this server. */
  readonly contentSecurityPolicy: string;
}

/**
 * GraphiQL as one page that needs no network: scripts, styles, icons and workers are all in it.
 * It weighs 9 MB, which is why the package is not loaded before somebody asks.
 */
export async function renderPlayground(graphqlPath: string): Promise<Playground> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'Portcullis',
    endpoint: graphqlPath,
    defaultTabs: EXAMPLE_OPERATIONS.map(({ query, variables, signedIn }) => ({
      query,
      variables: variables ?? null,
      headers: signedIn ? '{"Authorization": "Bearer "}' : null,
    })),
    // Headers carry access tokens, which do not belong in a browser's storage.
    shouldPersistHeaders: false,
  });
  const html = page.replace(
    '<div id="root"></div>',
    (root) => `${root}<script>${SHOW_FIRST_VARIABLES}</script>`,
  );
  return { html, contentSecurityPolicy: contentSecurityPolicy(html) };
}

/**
 * GraphiQL opens its first tab without the variables that the tab was given: it asks its own storage for them instead.
 * They stay out of the query because its text goes into the address bar, and a password is among them.
 */
const SHOW_FIRST_VARIABLES = `
  if (localStorage.getItem('graphiql:tabState') === null) {
    localStorage.setItem('graphiql:variables', ${JSON.stringify(EXAMPLE_OPERATIONS[0]?.variables ?? '')});
  }
`;

function contentSecurityPolicy(html: string): string {
  return [
    "default-src 'none'",
    `script-src ${inlineScriptHashes(html).join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The page's scripts by their hashes (https://www.w3.org/TR/CSP3/#grammardef-hash-source). */
const inlineScriptHashes = (html: string): string[] =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
