import { isIP, isIPv4 } from 'node:net';

import { canonicalAddress } from '../ip-address.js';
import { canonicalArn } from '../services/service-callers/iam-arn.js';

/** How the text of an environment variable becomes a value. */
export interface Format<Value> {
  /** Completes the sentence "NAME must be …". */
  readonly expected: string;
  /** The value, or undefined when the text does not fit. */
  parse(text: string): Value | undefined;
}

/** Text that fits the pattern, as it is. */
export const matching = (pattern: RegExp, expected: string): Format<string> => ({
  expected,
  parse: (text) => (pattern.test(text) ? text : undefined),
});

export const oneOf = <const Choice extends string>(...choices: readonly Choice[]): Format<Choice> => ({
  expected: `one of ${choices.join(', ')}`,
  parse: (text) => choices.find((choice) => choice === text),
});

export const boolean: Format<boolean> = {
  expected: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

export const port: Format<number> = {
  expected: 'a port: a whole number from 0 (any free one) to 65535',
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
};

/** How many of something: at least one. */
export const countTo = (max: number): Format<number> => ({
  expected: `a whole number from 1 to ${max}`,
  parse: (text) => (/^[1-9]\d*$/.test(text) && Number(text) <= max ? Number(text) : undefined),
});

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time, in milliseconds, between two such texts. */
export const durationBetween = (least: string, most: string): Format<number> => ({
  expected: `a length of time such as ${least}: a whole number of s, m, h or d, from ${least} to ${most}`,
  parse: (text) => {
    const ms = durationMs(text);
    const isWithin = ms !== undefined && ms >= (durationMs(least) ?? 0) && ms <= (durationMs(most) ?? 0);
    return isWithin ? ms : undefined;
  },
});

function durationMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,9})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

export const host: Format<string> = {
  expected: 'a host name or an IP address, without a port',
  parse: (text) => (isIP(text) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text) ? text : undefined),
};

export const path: Format<string> = matching(/^[^\0]+$/, 'the path of a folder');

export const email: Format<string> = matching(
  /^[^\s@<>,;"]{1,64}@[^\s@<>,;".]+(\.[^\s@<>,;".]+)+$/,
  'an email address',
);

/** Something to put after `From:`. No line breaks: they would let a header in (RFC 5322, section 2.2). */
export const mailbox: Format<string> = matching(
  /^([^\r\n<>]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/,
  'an address or a name with an address, such as Portcullis <no-reply@example.com>',
);

/** A password that the user pools' policy accepts: 12 characters of all four kinds, none of them a space. */
export const password: Format<string> = {
  expected:
    'at least 12 characters (at most 256), none of them a space, with a lower-case and an upper-case letter, a digit and a symbol',
  parse: (text) =>
    [/^\S{12,256}$/, /[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].every((rule) => rule.test(text))
      ? text
      : undefined,
};

/** A key of at least 32 bytes, written in base64 or base64url (RFC 4648, sections 4 and 5). */
export const key: Format<Buffer> = {
  expected: 'at least 32 bytes in base64 or base64url, such as `openssl rand -base64 32` prints',
  parse: (text) => {
    if (!/^[\w+/-]+={0,2}$/.test(text)) return undefined;
    const bytes = Buffer.from(text, 'base64');
    return bytes.length >= 32 ? bytes : undefined;
  },
};

/** A URL of one of these schemes (written without the colon), kept as it was written. */
export const url = (schemes: readonly string[], example: string): Format<string> => ({
  expected: `a URL such as ${example} (${schemes.map((scheme) => `${scheme}://`).join(' or ')})`,
  parse: (text) => {
    const parsed = /^\S+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    const fits =
      parsed !== undefined &&
      schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`)) &&
      (parsed.hostname !== '' || schemes.includes('postgres'));
    return fits ? text : undefined;
  },
});

/** The base URL of an HTTP API: no credentials, no query, no fragment. */
export const endpoint = (example: string): Format<string> => ({
  expected: `a URL such as ${example} (http:// or https://, with neither credentials nor query)`,
  parse: (text) => {
    if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
    const { username, password: secret, search, hash } = new URL(text);
    return username + secret + search + hash === '' ? text : undefined;
  },
});

/** The same, or nothing at all. */
export const endpointOrOff = (example: string): Format<string | null> => {
  const given = endpoint(example);
  return {
    expected: `off, or ${given.expected}`,
    parse: (text) => (text === 'off' ? null : given.parse(text)),
  };
};

/** One or more of something, parted by commas; blanks around them do not count. */
const list = (
  expected: string,
  fits: (item: string) => boolean,
  most = Infinity,
): Format<readonly string[]> => ({
  expected,
  parse: (text) => {
    const items = text.split(',').map((item) => item.trim());
    return items.length <= most && items.every(fits) ? items : undefined;
  },
});

/** A secret that a header can carry: visible ASCII (RFC 9110, section 5.5), 32 characters or more. */
const isSecret = (text: string): boolean => /^[!-+\--~]{32,256}$/.test(text) && !/^["'`]|["'`]$/.test(text);

export const secret: Format<string> = {
  expected:
    'at least 32 visible characters (at most 256) without commas and without quotes around them, such as `openssl rand -base64 32` prints',
  parse: (text) => (isSecret(text) ? text : undefined),
};

export const secrets: Format<readonly string[]> = list(
  'at least 32 visible characters (at most 256) without quotes around them, such as `openssl rand -base64 32` prints; or two such, parted by a comma, while it is being changed',
  isSecret,
  2,
);

export const addressRanges: Format<readonly string[]> = list(
  'IP addresses or CIDR ranges, such as 10.0.0.0/8, parted by commas: without zones, and with prefixes of at least 8 bits for IPv4 and 16 for IPv6 (7 within fc00::/7)',
  (item) => {
    const [address = '', prefix, ...rest] = item.split('/');
    if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return false;
    return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && isRange(address, Number(prefix)));
  },
);

/** No network is larger: a range of half the internet would believe whatever anybody says. */
function isRange(address: string, prefix: number): boolean {
  if (isIPv4(address)) return prefix >= 8 && prefix <= 32;
  const canonical = canonicalAddress(address) ?? '';
  // Mapped ranges are ranges of IPv4, and written as such.
  if (isIPv4(canonical)) return false;
  // Private networks may be believed as a whole (RFC 4193).
  return prefix >= (/^f[cd][\da-f]{2}:/.test(canonical) ? 7 : 16) && prefix <= 128;
}

/** Origins as browsers send them (RFC 6454, section 6.2): no path, no trailing slash, no wildcard. */
export const origins: Format<readonly string[]> = list(
  'origins such as https://app.example.com, without a path, parted by commas',
  (item) => /^https?:\/\/[^*]+$/.test(item) && URL.canParse(item) && new URL(item).origin === item,
);

const SERVICE_NAME = /^[A-Za-z\d][\w.-]{0,63}$/;

export const serviceNames: Format<readonly string[]> = list(
  'names of services, parted by commas: 1 to 64 letters, digits, dots, dashes and underscores each',
  (item) => SERVICE_NAME.test(item),
);

/** `<key>=<name of a service>`, parted by commas; each key is there once. */
const services = (
  expected: string,
  keyOf: (text: string) => string | undefined,
): Format<ReadonlyMap<string, string>> => ({
  expected,
  parse: (text) => {
    const found = new Map<string, string>();
    for (const item of text.split(',').map((part) => part.trim())) {
      // The name of a role may hold a sign of equality itself.
      const at = item.lastIndexOf('=');
      const key = keyOf(item.slice(0, Math.max(0, at)));
      const name = item.slice(at + 1);
      if (key === undefined || !SERVICE_NAME.test(name) || found.has(key)) return undefined;
      found.set(key, name);
    }
    return found;
  },
});

export const serviceClients = services(
  '<app client id>=<service>, parted by commas, each client once',
  (text) => (/^[\w+]{1,128}$/.test(text) ? text : undefined),
);

/** The ARNs are kept in their canonical form. */
export const serviceRoles = services(
  '<ARN>=<service>, parted by commas, each ARN once: of IAM roles and users, such as arn:aws:iam::123456789012:role/orders=orders',
  (text) => (text.includes(':sts:') ? undefined : canonicalArn(text)),
);
