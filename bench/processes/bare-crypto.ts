// What a sign-in cannot do without, and nothing else: a password verified, two tokens signed and one checked.
import { generateKeyPairSync } from 'node:crypto';

import { jwtVerify, SignJWT } from 'jose';

import { hashPassword, passwordMatches } from '../../src/embedded/cognito/password-hashing.js';
import { announce } from './announce.js';
import { answer } from './answer.js';

const PASSWORD = 'Correct-Horse-9-Battery';

const passwordHash = await hashPassword(PASSWORD);
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const sign = () => new SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);

const tasks = {
  password: () => passwordMatches(PASSWORD, passwordHash),
  tokens: async () => {
    const [token] = await Promise.all([sign(), sign()]);
    await jwtVerify(token, publicKey);
  },
};

answer(
  async ({
    task,
    seconds,
    concurrency,
  }: {
    task: keyof typeof tasks;
    seconds: number;
    concurrency: number;
  }) => {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    let done = 0;
    const work = async () => {
      while (performance.now() - startedAt < seconds * 1_000) {
        await tasks[task]();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const { user, system } = process.cpuUsage(before);
    return {
      rate: done / ((performance.now() - startedAt) / 1_000),
      cpuMs: (user + system) / 1_000 / done,
    };
  },
);
announce({});
