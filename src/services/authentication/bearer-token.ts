/** RFC 6750, 2.1; the scheme's case does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** The token of an Authorization header; undefined where it is none of this scheme. */
export const bearerToken = (authorization: string): string | undefined => BEARER.exec(authorization)?.[1];
