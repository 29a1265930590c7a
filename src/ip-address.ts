import { isIP, isIPv4, SocketAddress } from 'node:net';

/** What proxies write around an address: brackets, and a port behind it. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;
const MAPPED = '::ffff:';

/**
 * An IP address in its one canonical form (RFC 5952, section 4), an IPv4-mapped one as IPv4.
 *
 * @param text as sockets and proxies write it: `192.0.2.1`, `192.0.2.1:443`, `2001:DB8::1`, `[2001:db8::1]:443`,
 *   `::ffff:192.0.2.1`, `fe80::1%eth0`
 * @returns the address without brackets, port and zone; undefined where the text is none
 */
export function canonicalAddress(text: string): string | undefined {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const host = bracketed ?? dotted ?? text;
  if (isIP(host) !== 6) return isIPv4(host) ? host : undefined;
  // A zone means something on the machine alone that wrote it (RFC 4007, section 6).
  const [unzoned = ''] = host.split('%', 1);
  const { address } = new SocketAddress({ address: unzoned, family: 'ipv6' });
  const mapped = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : '';
  return isIPv4(mapped) ? mapped : address;
}
