import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { ConfigError, parseConfig } from '../../../src/config.js';
import { LIMITS, readWindow, type LimitName } from '../../../src/services/rate-limiting/limits.js';

const limitsOf = (text: string) => parseConfig({ RATE_LIMITS: text }).rateLimits;

function faultsOf(text: string): readonly string[] {
  try {
    limitsOf(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('RATE_LIMITS', () => {
  it('leaves all as it is where it is unset', () => {
    for (const [name, { max, window }] of Object.entries(LIMITS)) {
      expect(limitsOf('')[name as LimitName]).toEqual({ max, windowMs: readWindow(window) });
    }
    expect(limitsOf('')['login.ip']).toEqual({ max: 5, windowMs: 60_000 });
    expect(limitsOf('')['checks.service']).toEqual({ max: 5_000, windowMs: 60_000 });
  });

  it('changes one, switches another off, and has a word for all others', () => {
    const limits = limitsOf(' login.ip = 10/30s, reads.viewer=off ,*=7/2h');
    expect(limits['login.ip']).toEqual({ max: 10, windowMs: 30_000 });
    expect(limits['reads.viewer']).toBeNull();
    expect(limits['register.ip']).toEqual({ max: 7, windowMs: 7_200_000 });
    expect(limitsOf('*=off,login.ip=1/1d')).toMatchObject({
      'login.ip': { max: 1, windowMs: 86_400_000 },
      'createUser.viewer': null,
    });
  });

  it('reports every fault, each with its place', () => {
    const faults = faultsOf('logins.ip=5/1m,login.ip=5,login.ip=6/1m,login.ip=7/1m,*=x,toString=off');
    expect(faults).toHaveLength(5);
    expect(faults.map((fault) => fault.replace(/^RATE_LIMITS must be a list of limits, and /, ''))).toEqual([
      expect.stringMatching(/^entry 1 names none: there are register\.ip, .*, and \* for all others\.$/),
      expect.stringMatching(/^entry 2 says neither off nor how many calls .*\.$/),
      'entry 4 names one that another names.',
      expect.stringMatching(/^entry 5 says neither /),
      expect.stringMatching(/^entry 6 names none/),
    ]);
  });

  it.each([
    'login.ip',
    'login.ip=',
    'login.ip=0/1m',
    'login.ip=-1/1m',
    'login.ip=5/0s',
    'login.ip=5/1',
    'login.ip=5/2d',
    'login.ip=5/1w',
    'login.ip=1000001/1m',
    'login.ip=5/1m;reads.viewer=1/1m',
    ',',
  ])('refuses %s', (text) => {
    expect(faultsOf(text)).not.toEqual([]);
  });

  it('is documented with all limits as they are', () => {
    const documentation = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const rows = [...documentation.matchAll(/^\| `(\w+\.\w+)` +\| `(\d+\/\w+)` +\|/gm)];
    expect(rows.map(([, name, setting]) => [name, setting])).toEqual(
      Object.entries(LIMITS).map(([name, { max, window }]) => [name, `${max}/${window}`]),
    );
  });
});
