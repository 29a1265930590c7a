import { createStsEngine, type StsEngine } from '../../src/embedded/sts/index.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { AUDIENCE_HEADER } from '../../src/services/service-callers/presigned-request.js';
import type { Sts } from '../../src/services/service-callers/sts.js';
import { openTestDatabase } from './database.js';
import { FakeClock } from './fake-clock.js';
import { AUDIENCE, type SigningKey } from './presigned.js';

/** An STS that notes everything that it is sent. */
export interface RecordingSts {
  readonly engine: StsEngine;
  readonly clock: FakeClock;
  readonly sts: Sts;
  /** Every URL that was sent. */
  readonly sent: string[];
  /** A new access key of a user or an assumed role, the latter with a session token. */
  keyOf(arn: string): Promise<SigningKey>;
  close(): Promise<void>;
}

/** The embedded STS, reached as the service reaches it, by a service of the name AUDIENCE. */
export async function openRecordingSts(): Promise<RecordingSts> {
  const database = await openTestDatabase();
  const clock = new FakeClock();
  const engine = createStsEngine({ db: database.db, clock, randomness: systemRandomness });
  const sent: string[] = [];
  let keys = 0;
  return {
    engine,
    clock,
    sent,
    async sts(url) {
      sent.push(url);
      const { host, search } = new URL(url);
      const headers = { host, accept: 'application/json', [AUDIENCE_HEADER]: AUDIENCE };
      const { statusCode, body } = await engine.answer({ method: 'GET', query: search.slice(1), headers });
      return { status: statusCode, body };
    },
    async keyOf(arn) {
      const isTemporary = arn.includes(':assumed-role/');
      const accessKeyId = `${isTemporary ? 'ASIA' : 'AKIA'}${String(++keys).padStart(16, '0')}`;
      const key = {
        secret: `secret-of-${accessKeyId}`,
        sessionToken: isTemporary ? 'session+token/==' : null,
      };
      await engine.accessKeys.create({ id: accessKeyId, ...key, arn, createdAt: clock.now() });
      return {
        accessKeyId,
        secretAccessKey: key.secret,
        ...(key.sessionToken !== null && { sessionToken: key.sessionToken }),
      };
    },
    close: () => database.close(),
  };
}
