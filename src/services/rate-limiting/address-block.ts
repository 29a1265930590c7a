import { isIPv6 } from 'node:net';

/** A network is given out at least this many groups of 16 bits long (RFC 6177): who has one address has all of them. */
const NETWORK_GROUPS = 4;

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 one.
 *
 * @param address in its canonical form (RFC 5952); null where none is known, which is one address too
 * @returns such as `192.0.2.1` or `2001:db8:0:1::/64`
 */
export function addressBlock(address: string | null): string {
  if (address === null) return 'unknown';
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
