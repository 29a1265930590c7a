import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const module = fileURLToPath(new URL('../../src/tools/print-config.ts', import.meta.url));

/** Runs `npm run config` from its source, in an environment that holds nothing else. */
const printConfig = (env: Record<string, string>) =>
  run(process.execPath, ['--import', 'tsx', module], { env: { PATH: process.env['PATH'] ?? '', ...env } });

describe('printing the configuration', () => {
  it('shows what is in force, secrets hidden', async () => {
    const { stdout } = await printConfig({ PORT: '5000', SEED_ADMIN_PASSWORD: 'Hush-hush-1-hush' });
    expect(stdout).toMatch(/^PORT +5000 +\(environment\)$/m);
    expect(stdout).toMatch(/^HOST +127\.0\.0\.1 +\(default\)$/m);
    expect(stdout).not.toContain('Hush');
  });

  it('names every fault and fails', async () => {
    const failure = await printConfig({ PORT: 'x', HOST: '0.0.0.0', SEED_ADMIN_PASSWORD: 'hush' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 1, stdout: '' });
    const { stderr } = failure as { stderr: string };
    for (const name of ['PORT', 'HOST', 'SEED_ADMIN_PASSWORD']) expect(stderr).toContain(`  ${name} must be`);
    expect(stderr).not.toContain('hush');
  });
});
