/** Names of this very machine: what is sent there passes no network. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads where credentials are to be sent.
 *
 * @throws Error where that is no http(s) URL, holds a credential itself, or would send them readably over a network
 */
export function secureUrl(name: string, text: string, allowInsecureHttp = false): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error(`${name} is no http(s) URL.`);
  if (url.username !== '' || url.password !== '') {
    throw new Error(`${name} must not hold a user name or a password.`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && !allowInsecureHttp) {
    throw new Error(`${name} must be https beyond this machine, unless allowInsecureHttp is true.`);
  }
  return url;
}
