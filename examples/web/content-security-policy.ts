/** Where the page asks, and what stands in for the strictest rules while it is developed. */
export interface PageSources {
  /** Origin of the API, where it is not the page's own. */
  readonly api?: string | undefined;
  /** Development: Vite puts styles and React's refresh into the page, under this nonce, and listens for changes. */
  readonly nonce?: string | undefined;
}

/**
 * What the page may load, and where it may send anything. Tokens are where a script of the page can read them, so no other
 * script is to run: none inline, none from elsewhere, and none made of text (Trusted Types).
 *
 * https://www.w3.org/TR/CSP3/
 */
export function contentSecurityPolicy({ api, nonce }: PageSources): string {
  const own = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`;
  const directives = [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    // QR codes come as data: URIs, and an image runs nothing.
    "img-src 'self' data:",
    `connect-src ${["'self'", api, nonce !== undefined && 'ws:'].filter(Boolean).join(' ')}`,
    "base-uri 'none'",
    // Forms are sent by the page's script. Where that did not load, a password is not to go into an address.
    "form-action 'none'",
    ...(nonce === undefined ? ["require-trusted-types-for 'script'", "trusted-types 'none'"] : []),
  ];
  return directives.join('; ');
}
