import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, preview } from 'vite';
import { vi } from 'vitest';

import { siteConfig, type SiteOptions } from '../../examples/web/site.js';

export interface BuiltSite {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page of examples/web as one would to deploy it, and serves it on a port of its own. */
export async function serveBuiltSite(options: SiteOptions, port = 0): Promise<BuiltSite> {
  const outDir = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  const { preview: previewConfig, ...config } = siteConfig(options);
  const built = {
    ...config,
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  } as const;
  // Vitest's own would put React's development build into it.
  vi.stubEnv('NODE_ENV', 'production');
  try {
    await build(built);
  } finally {
    vi.unstubAllEnvs();
  }
  const server = await preview({ ...built, preview: { ...previewConfig, port, strictPort: port !== 0 } });
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
