import type { JSONWebKeySet } from 'jose';

/** Fetches the public keys of an issuer (RFC 7517). Rejects when they cannot be had; never caches. */
export type JwksSource = (issuer: string) => Promise<JSONWebKeySet>;
