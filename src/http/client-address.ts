import proxyAddress from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';

import { canonicalAddress } from '../ip-address.js';

/** Finds the address that a request comes from, in its canonical form. */
export type ClientAddressFinder = (request: Pick<FastifyRequest, 'raw' | 'ip' | 'caller'>) => string;

/**
 * Walks from the socket's peer back through `X-Forwarded-For`, as long as each hop is to be believed: the proxies that are
 * configured, and as the first hop a gateway that proved itself. What anybody else claims counts for nothing.
 *
 * @param trustedProxies IP addresses and CIDR ranges
 */
export function createClientAddressFinder(trustedProxies: readonly string[]): ClientAddressFinder {
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return ({ raw, ip, caller }) => {
    const isBelieved = (hop: string, index: number) => {
      if (index === 0 && caller === 'gateway') return true;
      const address = canonicalAddress(hop);
      return address !== undefined && isTrusted(address, index);
    };
    // A proxy may also say "unknown": it is then all that is known.
    return canonicalAddress(proxyAddress(raw, isBelieved)) ?? canonicalAddress(ip) ?? ip;
  };
}
