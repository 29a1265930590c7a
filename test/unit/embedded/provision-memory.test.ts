import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { provisionOnce } from '../../../src/embedded/provision-memory.js';
import type { Settings } from '../../../src/embedded/settings.js';

const provisioned = {
  pools: {
    ADMIN: { poolId: 'us-east-1_a', clientId: 'a' },
    END_USER: { poolId: 'us-east-1_b', clientId: 'b' },
  },
  policyStoreId: 'PS1',
};

describe('provisioning', () => {
  let folder: string;
  let settings: Settings;
  let runs: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-policies-'));
    await writeFile(join(folder, 'a.cedar'), 'permit(principal, action, resource);');
    const kept = new Map<string, string>();
    settings = {
      get: async (name) => kept.get(name),
      set: async (name, value) => void kept.set(name, value),
    };
    runs = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const provision = () =>
    provisionOnce(settings, folder, async () => {
      runs += 1;
      return provisioned;
    });

  it('is done once for the same policies, and its outcome remembered', async () => {
    expect(await provision()).toEqual(provisioned);
    expect(await provision()).toMatchObject(provisioned);
    expect(runs).toBe(1);
  });

  it.each([
    ['changed', 'a.cedar', 'forbid(principal, action, resource);'],
    ['joined by another', 'b.cedar', ''],
    ['joined by a schema', 'c.cedarschema', ''],
  ])('is done again when a file was %s', async (_what, name, text) => {
    await provision();
    await writeFile(join(folder, name), text);
    await provision();
    expect(runs).toBe(2);
  });

  it('takes no notice of other files', async () => {
    await provision();
    await writeFile(join(folder, 'README.md'), 'words');
    await provision();
    expect(runs).toBe(1);
  });

  it('is done again after it failed', async () => {
    const failing = () => provisionOnce(settings, folder, () => Promise.reject(new Error('cut short')));
    await expect(failing()).rejects.toThrow('cut short');
    await provision();
    expect(runs).toBe(1);
  });
});
