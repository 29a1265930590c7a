import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { describeConfig, documentVariables, parseConfig } from '../../../src/config.js';
import { VARIABLE_NAMES } from '../../../src/config/variables.js';

describe('describeConfig', () => {
  it('gives each variable a line with its value and where it comes from, secrets hidden', () => {
    const lines = describeConfig(
      parseConfig({
        PORT: '5000',
        DATABASE_URL: 'postgres://me:hush@host:5432/db',
        SEED_ADMIN_PASSWORD: 'Hush-hush-1-hush',
      }),
    ).split('\n');
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual(VARIABLE_NAMES);
    const words = Object.fromEntries(
      lines.map((line) => line.split(/ {2,}/)).map(([name = '', ...rest]) => [name, rest]),
    );
    expect(words).toMatchObject({
      HOST: ['127.0.0.1', '(default)'],
      PORT: ['5000', '(environment)'],
      DATABASE_URL: ['postgres://me:********@host:5432/db', '(environment)'],
      SEED_ADMIN_PASSWORD: ['********', '(environment)'],
      REDIS_URL: ['-', '(not set)'],
    });
  });

  it('hides a token that stands in place of a user name', () => {
    const shown = describeConfig(
      parseConfig({ REDIS_URL: 'redis://token@host', SMTP_URL: 'smtp://same:same@host' }),
    );
    expect(shown).toContain('redis://********@host');
    expect(shown).toContain('smtp://********:********@host');
  });
});

describe('documentVariables', () => {
  it('is what the documentation says', async () => {
    const documentation = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(documentation).toContain(documentVariables());
  });
});
