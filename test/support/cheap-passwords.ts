import { hash } from '@node-rs/argon2';

import type { HashPassword } from '../../src/embedded/cognito/password-hashing.js';

/** The algorithm of the service at a hundredth of the cost. What is verified costs what it was hashed at. */
export const hashCheaply: HashPassword = (password) =>
  hash(password, { memoryCost: 64, timeCost: 1, parallelism: 1 });
