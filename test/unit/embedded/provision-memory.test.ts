import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  policiesFingerprint,
  provisionAlways,
  provisionOnce,
} from '../../../src/embedded/provision-memory.js';
import type { Settings } from '../../../src/embedded/settings.js';

const outcome = { poolId: 'us-east-1_a', clientId: 'a' };

function keptSettings(): Settings {
  const kept = new Map<string, string>();
  return {
    get: async (name) => kept.get(name),
    set: async (name, value) => void kept.set(name, value),
  };
}

describe('provisioning once', () => {
  let settings: Settings;
  let runs: number;
  beforeEach(() => {
    settings = keptSettings();
    runs = 0;
  });

  const work = (fingerprint: string, name = 'pools') => ({
    name,
    fingerprint,
    provision: async () => {
      runs += 1;
      return outcome;
    },
  });

  it('is not repeated from the same, and its outcome is remembered', async () => {
    expect(await provisionOnce(settings)(work('1'))).toEqual(outcome);
    expect(await provisionOnce(settings)(work('1'))).toEqual(outcome);
    expect(runs).toBe(1);
  });

  it('is repeated from something else, or of something else', async () => {
    await provisionOnce(settings)(work('1'));
    await provisionOnce(settings)(work('2'));
    await provisionOnce(settings)(work('2', 'policies'));
    expect(runs).toBe(3);
  });

  it('is repeated after it failed', async () => {
    const failing = { ...work('1'), provision: () => Promise.reject(new Error('cut short')) };
    await expect(provisionOnce(settings)(failing)).rejects.toThrow('cut short');
    await provisionOnce(settings)(work('1'));
    expect(runs).toBe(1);
  });

  it('is no matter where it is done always', async () => {
    await provisionAlways(work('1'));
    await provisionAlways(work('1'));
    expect(runs).toBe(2);
  });
});

describe('the fingerprint of policies', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-policies-'));
    await writeFile(join(folder, 'a.cedar'), 'permit(principal, action, resource);');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['changed', 'a.cedar', 'forbid(principal, action, resource);'],
    ['joined by another', 'b.cedar', ''],
    ['joined by a schema', 'c.cedarschema', ''],
  ])('changes when a file was %s', async (_what, name, text) => {
    const before = await policiesFingerprint(folder);
    await writeFile(join(folder, name), text);
    expect(await policiesFingerprint(folder)).not.toBe(before);
  });

  it('takes no notice of other files', async () => {
    const before = await policiesFingerprint(folder);
    await writeFile(join(folder, 'README.md'), 'words');
    expect(await policiesFingerprint(folder)).toBe(before);
  });
});
