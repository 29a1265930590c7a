import { isIPv4, isIPv6 } from 'node:net';

import Bowser from 'bowser';

import type { ClientAddress } from './session.js';

/** What stays the same of a client while it is updated and moves about its network. */
export interface ClientFingerprint {
  /**
   * Browser and system without their versions, such as "Firefox on Linux", or the name of another program; "unknown client"
   * for what does not say.
   */
  readonly family: string;
  /** The network of its address in CIDR notation: 24 bits of IPv4, 48 of IPv6. */
  readonly network: string;
}

/** How many user agents are remembered; to forget them costs only the reading of them. */
const MAX_REMEMBERED = 1_000;
/** What a client is called that says nothing readable of itself. */
const UNKNOWN_FAMILY = 'unknown client';
const PRODUCT = /^[\w.-]{1,40}/;

/** Reads the family of user agents; most requests bring the same few. Null where nothing is known. */
export function createAgentFamilies(): (userAgent: string | null) => string | null {
  const families = new Map<string, string | null>();
  return (userAgent) => {
    if (userAgent === null || userAgent === '') return null;
    const known = families.get(userAgent);
    if (known !== undefined) return known;
    if (families.size >= MAX_REMEMBERED) families.clear();
    const family = readFamily(userAgent);
    families.set(userAgent, family);
    return family;
  };
}

function readFamily(userAgent: string): string | null {
  const { browser, os } = Bowser.parse(userAgent);
  const name = browser.name || PRODUCT.exec(userAgent)?.[0];
  if (name === undefined) return null;
  return os.name ? `${name} on ${os.name}` : name;
}

/** The network of an address in its canonical form; undefined where it is none. */
export function networkOf(address: string | null): string | undefined {
  if (address === null) return undefined;
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const leading = head.split(':').filter((group) => group !== '');
  const trailing = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array.from({ length: 8 - leading.length - trailing.length }, () => '0');
  return `${[...leading, ...zeros, ...trailing].slice(0, 3).join(':')}::/48`;
}

/**
 * The fingerprint of a client that is very different from another: both its family and its network are. A telephone that
 * roams changes the one, a page that asks to be shown as on a desktop the other. A client that no longer says what it is
 * counts as one of another family: whoever has stolen a token need send no user agent. Undefined where it is not so different,
 * or where there is nothing to compare: the sign-in's family or one of the networks is not known.
 */
export function differingClient(
  familyOf: (userAgent: string | null) => string | null,
  before: ClientAddress,
  now: ClientAddress,
): ClientFingerprint | undefined {
  if (now.userAgent === before.userAgent) return undefined;
  const family = familyOf(now.userAgent);
  const familyBefore = familyOf(before.userAgent);
  if (familyBefore === null || family === familyBefore) return undefined;
  const network = networkOf(now.ipAddress);
  const networkBefore = networkOf(before.ipAddress);
  if (network === undefined || networkBefore === undefined || network === networkBefore) return undefined;
  return { family: family ?? UNKNOWN_FAMILY, network };
}
