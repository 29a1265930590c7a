import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSecretBox } from '../../../../src/embedded/cognito/secret-box.js';
import type { Database } from '../../../../src/services/database/database.js';
import { secrets } from '../../../../src/services/database/schema/index.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';

const KEY = Buffer.alloc(32, 7);

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const box = (secretKey?: Uint8Array) =>
  createSecretBox({
    db: database.db,
    clock: new FakeClock(),
    randomness: systemRandomness,
    ...(secretKey && { secretKey }),
  });

describe('a secret box', () => {
  it('asks the database for no key where it has one of its own', async () => {
    const sealed = await box(KEY).seal('JBSWY3DPEHPK3PXP', 'pool/one');
    expect(await box(KEY).open(sealed, 'pool/one')).toBe('JBSWY3DPEHPK3PXP');
    expect(await database.db.$count(secrets)).toBe(0);
  });

  it('opens what it sealed, which shows nothing of it and is never the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 8 }), async (text) => {
        const [one, other] = [await box(KEY).seal(text, 'pool/one'), await box(KEY).seal(text, 'pool/one')];
        expect(one.equals(other)).toBe(false);
        expect(one.includes(text)).toBe(false);
        expect(await box(KEY).open(one, 'pool/one')).toBe(text);
      }),
    );
  });

  it('opens for its owner alone, unchanged, and under the key it was sealed with', async () => {
    const sealed = await box(KEY).seal('secret', 'pool/one');
    await expect(box(KEY).open(sealed, 'pool/other')).rejects.toThrow();
    await expect(box(Buffer.alloc(32, 8)).open(sealed, 'pool/one')).rejects.toThrow();
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      await expect(box(KEY).open(changed, 'pool/one')).rejects.toThrow();
    }
  });

  it('opens what was sealed before there was a key outside the database', async () => {
    const sealed = await box().seal('secret', 'pool/one');
    expect(await box().open(sealed, 'pool/one')).toBe('secret');
    expect(await box(KEY).open(sealed, 'pool/one')).toBe('secret');
  });
});
