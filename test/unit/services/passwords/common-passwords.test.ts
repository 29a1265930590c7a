import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createIsCommon } from '../../../../src/services/passwords/common-passwords.js';

const isCommon = createIsCommon();

describe('a common password', () => {
  test.each([
    ['as it is', 'iloveyou'],
    ['in any case', 'LiverPool'],
    ['with digits and symbols after it', 'Password123!'],
    ['with a year after it', 'Welcome2024!!'],
    ['with something before it', '1!-Sunshine-1!'],
    ['with signs for letters', 'P@$$w0rd-2024'],
    ['with a sign for its last letter', 'Acce$$2024!!'],
    ['twice', 'Monkey1!Monkey1!'],
    ['with its words parted', 'I love you 2024!'],
    ['with accents', 'Pássword-1234'],
    ['in wide characters', 'Ｐａｓｓｗｏｒｄ１２３！'],
    ['of few characters', 'Aaaaaaaaaaa1!'],
  ])('is one %s: %s', async (_how, password) => {
    expect(await isCommon(password)).toBe(true);
  });

  test.each([
    'Correct-Horse-9-Battery',
    'Correct-horse-7',
    'correct horse battery staple',
    'X9$kfj2LmQpz',
    'Quasar Pigment 41 Oboe',
    '王小明的自行车是蓝色的',
    '🐎🔋📎✅-Ab1🐎🔋',
  ])('is not %s', async (password) => {
    expect(await isCommon(password)).toBe(false);
  });

  test('stays one with whatever digits and symbols are put around it', async () => {
    const around = fc.string({ unit: fc.constantFrom(...'0123456789!?.-_#%&'), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        around,
        fc.constantFrom('dragon', 'liverpool', 'Michael'),
        around,
        async (a, word, b) => {
          expect(await isCommon(a + word + b)).toBe(true);
        },
      ),
    );
  });

  test('is no random one, and no text makes the question fail', async () => {
    const random = fc.string({
      unit: fc.constantFrom(...'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'),
      minLength: 16,
      maxLength: 64,
    });
    await fc.assert(
      fc.asyncProperty(random, async (password) => {
        fc.pre(new Set(password).size > 8);
        expect(await isCommon(password)).toBe(false);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (password) => {
        expect(typeof (await isCommon(password))).toBe('boolean');
      }),
    );
  });
});
