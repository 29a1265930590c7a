import { hash, verify } from '@node-rs/argon2';

/** Makes of a password what is kept of it: a PHC string of argon2id, which says at what cost. */
export type HashPassword = (password: string) => Promise<string>;

/** OWASP's minimum for argon2id, which is the library's default algorithm: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash, at that very cost, of 32 random bytes that nobody kept. */
const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$C3tC+UDMDO5tbLlDDtbKYw$XJLXQlHogw4vF9v06zzAR3X1dY4fbdSjKDCFc+3dDKU';

export const hashPassword: HashPassword = (password) => hash(password, COST);

/** Whether the password is the one hashed. Without a hash the answer is no, and takes as long to give. */
export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  const matches = await verify(passwordHash ?? NOBODYS, password);
  return matches && passwordHash !== undefined;
}
