import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { makePassword, readCredentials, writeCredentials } from '../../../src/embedded/seed-credentials.js';
import type { Credential } from '../../../src/embedded/seed-credentials.js';
import { systemRandomness } from '../../../src/services/randomness.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-credentials-'));
  path = join(folder, 'below', 'seed-credentials');
  return () => rm(folder, { recursive: true });
});

const credentials: readonly Credential[] = [
  { email: 'admin@example.com', password: 'Secret-1', userType: 'ADMIN' },
  { email: 'alice@example.com', password: 'Secret-2', userType: 'END_USER' },
];

describe('credentials files', () => {
  it('are read as they were written, by their owner alone, with nothing left beside them', async () => {
    await writeCredentials(path, credentials, systemRandomness);
    expect(await readCredentials(path)).toEqual(credentials);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'below'))).toEqual(['seed-credentials']);
  });

  it('are closed to others when they replace one that was open', async () => {
    const open = join(folder, 'open');
    await writeFile(open, 'old', { mode: 0o644 });
    await writeCredentials(open, credentials, systemRandomness);
    expect((await stat(open)).mode & 0o777).toBe(0o600);
  });

  it('are empty where there is none, and lines that are no credential are passed over', async () => {
    expect(await readCredentials(path)).toEqual([]);
    const other = join(folder, 'other');
    await writeFile(other, '# a comment\n\na@example.com Secret-1 ADMIN\nb@example.com Secret-2 ROOT\n');
    expect(await readCredentials(other)).toEqual([
      { email: 'a@example.com', password: 'Secret-1', userType: 'ADMIN' },
    ]);
  });
});

describe('makePassword', () => {
  it('has 24 characters of all four kinds, whatever chance says', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (chance) => {
        const password = makePassword({ integer: (bound) => (chance.next().value ?? 0) % bound });
        expect(password).toMatch(/^[\w.~-]{24}$/);
        for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[-_.~]/]) expect(password).toMatch(kind);
      }),
    );
  });

  it('is never the same twice', () => {
    const passwords = Array.from({ length: 100 }, () => makePassword(systemRandomness));
    expect(new Set(passwords).size).toBe(100);
  });
});
