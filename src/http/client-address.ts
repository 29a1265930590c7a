import { isIP } from 'node:net';

import proxyAddress from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';

/** Finds the address that a request comes from. */
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
    const isBelieved = (address: string, hop: number) =>
      (hop === 0 && caller === 'gateway') || (isIP(address) !== 0 && isTrusted(address, hop));
    const address = proxyAddress(raw, isBelieved);
    // A proxy may also say "unknown", or name a port.
    return isIP(address) === 0 ? ip : address;
  };
}
