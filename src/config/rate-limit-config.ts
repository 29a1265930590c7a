import { LIMITS, readWindow, type LimitName, type LimitsInForce } from '../services/rate-limiting/limits.js';
import type { WindowLimit } from '../services/rate-limiting/sliding-window.js';
import type { ConfigFault } from './config-error.js';

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

const ALL_OTHERS = '*';
const MAX_CALLS = 1_000_000;

/** Null where nothing is enforced. */
type Setting = WindowLimit | null;

/**
 * Reads `RATE_LIMITS`: entries such as `login.ip=10/1m` or `reads.viewer=off`, parted by commas; `*` stands for all limits that no
 * other entry names. What is not named holds by default.
 */
export function rateLimits(text: string | undefined): {
  readonly limits: LimitsInForce;
  readonly faults: readonly ConfigFault[];
} {
  const faults: ConfigFault[] = [];
  const given = new Map<string, Setting>();
  const entries = text === undefined ? [] : text.split(',').map((entry) => entry.trim());
  for (const [index, entry] of entries.entries()) {
    const [name = '', value = ''] = entry.split(/\s*=\s*(.*)/s);
    const setting = readSetting(value);
    const fault = (what: string) =>
      faults.push({
        variable: 'RATE_LIMITS',
        message: `RATE_LIMITS must be a list of limits, and entry ${index + 1} ${what}.`,
      });
    if (!isName(name)) fault(`names none: there are ${LIMIT_NAMES.join(', ')}, and * for all others`);
    else if (given.has(name)) fault('names one that another names');
    else if (setting === undefined) {
      fault(
        `says neither off nor how many calls (1 to ${MAX_CALLS}) within how long (1s to 1d), such as login.ip=10/1m`,
      );
    } else given.set(name, setting);
  }
  const settingOf = (name: LimitName): Setting => {
    const setting = given.has(name) ? given.get(name) : given.get(ALL_OTHERS);
    return setting === undefined ? byDefault(name) : setting;
  };
  return {
    limits: Object.fromEntries(LIMIT_NAMES.map((name) => [name, settingOf(name)])) as LimitsInForce,
    faults,
  };
}

const isName = (name: string): boolean => name === ALL_OTHERS || Object.hasOwn(LIMITS, name);

function readSetting(text: string): Setting | undefined {
  if (text === 'off') return null;
  const [, max, window = ''] = /^([1-9]\d{0,6})\/(\w+)$/.exec(text) ?? [];
  const windowMs = readWindow(window);
  return windowMs === undefined || Number(max) > MAX_CALLS ? undefined : { max: Number(max), windowMs };
}

function byDefault(name: LimitName): WindowLimit {
  const { max, window } = LIMITS[name];
  const windowMs = readWindow(window);
  if (windowMs === undefined) throw new Error(`The limit ${name} has no window.`);
  return { max, windowMs };
}
