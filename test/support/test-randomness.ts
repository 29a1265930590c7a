import type { KeyObject } from 'node:crypto';

import { systemRandomness, type Randomness } from '../../src/services/randomness.js';

/** As many in a row are different ones: more than the pools of any test that tells their keys apart. */
const KEYS = 4;

const made: Promise<KeyObject>[] = [];
let asked = 0;

/** The system's, save that RSA keys come round again in this process: each takes a quarter of a second to make. */
export const testRandomness: Randomness = {
  ...systemRandomness,
  rsaKey() {
    const turn = asked++ % KEYS;
    return (made[turn] ??= systemRandomness.rsaKey());
  },
};
