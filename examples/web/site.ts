import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import type { InlineConfig, Plugin } from 'vite';

import { contentSecurityPolicy } from './content-security-policy.js';

export interface SiteOptions {
  /** A running Portcullis, which Vite's servers hand on to what is sent to their own /graphql. */
  readonly portcullisUrl: string;
  /** The GraphQL endpoint that the page asks, where that is another origin's. */
  readonly apiUrl?: string | undefined;
}

/** How Vite serves and builds the page. */
export function siteConfig({ portcullisUrl, apiUrl }: SiteOptions): InlineConfig {
  const proxy = { '/graphql': new URL(portcullisUrl).origin };
  return {
    root: fileURLToPath(new URL('.', import.meta.url)),
    plugins: [react(), guardPage(apiUrl === undefined ? undefined : new URL(apiUrl).origin)],
    define: { 'import.meta.env.VITE_API_URL': JSON.stringify(apiUrl ?? '/graphql') },
    server: { host: '127.0.0.1', proxy },
    preview: { host: '127.0.0.1', proxy },
  };
}

/** Gives the page its policy: in a header where Vite serves it, and in the page itself where others will. */
function guardPage(api: string | undefined): Plugin {
  const policy = contentSecurityPolicy({ api });
  return {
    name: 'guard-page',
    config(_config, { command, isPreview }) {
      if (command === 'build') return {};
      if (isPreview === true) return { preview: { headers: { 'content-security-policy': policy } } };
      const nonce = randomBytes(16).toString('base64url');
      return {
        html: { cspNonce: nonce },
        server: { headers: { 'content-security-policy': contentSecurityPolicy({ api, nonce }) } },
      };
    },
    transformIndexHtml(_html, { server }) {
      if (server !== undefined) return [];
      const attrs = { 'http-equiv': 'Content-Security-Policy', content: policy };
      return [{ tag: 'meta', attrs, injectTo: 'head-prepend' }];
    },
  };
}
