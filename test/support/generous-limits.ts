/** For what is not about limits: they are counted as always, and nobody meets them. */
export const GENEROUS_LIMITS = { RATE_LIMITS: '*=1000000/1m' };
