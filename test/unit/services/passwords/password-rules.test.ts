import { describe, expect, test } from 'vitest';

import { createPasswordRules } from '../../../../src/services/passwords/password-rules.js';

const POLICY = { MinimumLength: 12, RequireNumbers: true, RequireSymbols: true };

const rules = createPasswordRules({
  policyOf: async (userType) => (userType === 'ADMIN' ? undefined : POLICY),
  isCommon: async (password) => password.includes('common'),
  isBreached: async (password) => password.includes('breached'),
});

const refusal = (password: string, userType: 'ADMIN' | 'END_USER' = 'END_USER') =>
  rules.requireAcceptable(password, userType, 'newPassword').then(
    () => undefined,
    ({ code, message, details }: { code: string; message: string; details: unknown }) => ({
      code,
      message,
      details,
    }),
  );

describe('a new password', () => {
  test('that breaks rules is told of all of them, each with its words', async () => {
    expect(await refusal('a common-1')).toEqual({
      code: 'PASSWORD_POLICY',
      message:
        'The password must have at least 12 characters and be none that many people use, also without the digits and symbols around it.',
      details: {
        rules: ['LENGTH', 'COMMON'],
        messages: [
          { rule: 'LENGTH', message: 'The password must have at least 12 characters.' },
          {
            rule: 'COMMON',
            message:
              'The password must be none that many people use, also without the digits and symbols around it.',
          },
        ],
      },
    });
    expect(await refusal('common and breached')).toMatchObject({
      details: { rules: ['NUMBER', 'COMMON', 'BREACHED'] },
    });
  });

  test('of a pool whose policy is not known is judged by the rest', async () => {
    expect(await refusal('x', 'ADMIN')).toBeUndefined();
    expect(await refusal('breached', 'ADMIN')).toMatchObject({ details: { rules: ['BREACHED'] } });
  });

  test('comes out in the form in which it is compared', async () => {
    const written = 'Zoe\u0308\u00a0and\u3000the 9 horses';
    expect(await rules.requireAcceptable(written, 'END_USER')).toBe('Zoë and the 9 horses');
  });

  test('may be long, of any characters', async () => {
    for (const password of [
      'Länger-als-9 '.repeat(19) + 'x',
      '🐎'.repeat(254) + '1-',
      'e\u0301'.repeat(254) + '1-',
    ]) {
      expect(await refusal(password)).toBeUndefined();
    }
  });

  test.each([
    ['nothing', ''],
    ['a space before it', ' Correct-Horse-9'],
    ['a wide space after it', 'Correct-Horse-9\u2003'],
    ['two lines', 'Correct-\nHorse-9'],
    ['257 characters', '🐎'.repeat(257)],
    ['far more', 'x'.repeat(100_000)],
    ['half a character', 'Correct-Horse-9\ud83d'],
  ])('that no pool takes is bad input: %s', async (_what, password) => {
    expect(await refusal(password)).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'newPassword' },
    });
  });
});
