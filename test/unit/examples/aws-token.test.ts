import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { systemClock } from '../../../src/services/clock.js';
import { readPresignedRequest } from '../../../src/services/service-callers/presigned-request.js';

const EXAMPLE = 'examples/service-callers/aws-token.mjs';
const ORIGIN = 'https://sts.eu-west-1.amazonaws.com';

test('the example prints a credential that is fit to be sent to STS', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  for (const more of [{}, { AWS_SESSION_TOKEN: 'FwoG//8w+==' }]) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [EXAMPLE, 'identity.example.com', 'eu-west-1'],
      { env: { PATH: process.env['PATH'], ...credentials, ...more } },
    );
    const request = readPresignedRequest(stdout.trim(), { origins: [ORIGIN], now: systemClock.now() });
    expect(request?.url.includes('X-Amz-Security-Token')).toBe('AWS_SESSION_TOKEN' in more);
  }
});

test('the documentation shows what the example does', async () => {
  const [example, documentation] = await Promise.all(
    [EXAMPLE, 'docs/service-callers.md'].map((path) => readFile(path, 'utf8')),
  );
  const [, shown = ''] = /```js\n([^]*?)```/.exec(documentation ?? '') ?? [];
  const indented = shown.replace(/^(?=.)/gm, '  ');
  expect(shown).not.toBe('');
  expect(example).toContain(indented);
});
