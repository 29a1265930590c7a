import type { IncomingMessage } from 'node:http';

import type { FastifyRequest } from 'fastify';

/** A name or an IP address, and perhaps a port (RFC 3986, section 3.2). */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d*)?$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/**
 * The status with which a request is refused for its headers alone; undefined where they are in order.
 *
 * - 400: `Host` is missing, odd or there twice (RFC 9112, section 3.2). Probes of HTTP/1.0 may come without it.
 * - 415: the body is compressed, or in an encoding other than UTF-8. It would be taken for something else.
 */
export function headerFaultOf({
  raw,
  routeOptions,
}: Pick<FastifyRequest, 'raw' | 'routeOptions'>): 400 | 415 | undefined {
  if (!isHostInOrder(raw, routeOptions.config.isProbe ?? false)) return 400;
  const { 'content-encoding': coding = 'identity', 'content-type': type = '' } = raw.headers;
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8';
  return coding.toLowerCase() === 'identity' && /^utf-?8$/i.test(charset) ? undefined : 415;
}

function isHostInOrder({ headersDistinct, httpVersion }: IncomingMessage, isProbe: boolean): boolean {
  const [host, ...more] = headersDistinct.host ?? [];
  if (host === undefined) return isProbe && httpVersion === '1.0';
  // What is no part of a URL, the Apollo integration would fail on.
  return more.length === 0 && HOST.test(host) && URL.canParse(`http://${host}`);
}
