import { setImmediate } from 'node:timers/promises';

import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { NOBODY, type Message } from '../../../../src/embedded/cognito/mailer.js';
import { createOutboxMailer, type OutboxMailer } from '../../../../src/embedded/cognito/outbox-mailer.js';
import { createSecretBox } from '../../../../src/embedded/cognito/secret-box.js';
import type { Database } from '../../../../src/services/database/database.js';
import { openDatabase } from '../../../../src/services/database/open-database.js';
import { outbox } from '../../../../src/services/database/schema/embedded-cognito.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { createTestPostgres } from '../../../support/postgres.js';

const HOUR = 3_600_000;

let database: Database;
let clock: FakeClock;
let sent: string[];
let logged: string;
/** What the mail server does with a message. */
let carry: (message: Message) => Promise<void>;
let opened: OutboxMailer[];
let secretKey: Uint8Array;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  logged = '';
  carry = async () => {};
  opened = [];
  secretKey = systemRandomness.bytes(32);
});
afterEach(() => Promise.all(opened.map((mailer) => mailer.close())));

const onPglite = async () => ({ made: await openTestDatabase(), drop: async () => {} });

/** Where several claim at once, for real. */
const onPostgres = async () => {
  const server = await createTestPostgres();
  const made = await openDatabase({ url: server.url }, { logger: pino({ level: 'silent' }) });
  return { made, drop: () => server.drop() };
};

const log = (...entry: unknown[]) => void (logged += JSON.stringify(entry));

/** Its pump sleeps as long as the clock says, and reports each sleep. */
function open() {
  const naps: { milliseconds: number; wake: () => void }[] = [];
  let onNap = () => {};
  const mailer = createOutboxMailer({
    db: database.db,
    clock,
    logger: { warn: log, error: log },
    secrets: createSecretBox({ db: database.db, clock, randomness: systemRandomness, secretKey }),
    mailer: {
      async deliver(message) {
        await carry(message);
        sent.push(message.code);
      },
    },
    sleep: (milliseconds, signal) =>
      new Promise<void>((wake) => {
        if (signal?.aborted) return wake();
        signal?.addEventListener('abort', () => wake(), { once: true });
        if (signal) naps.push({ milliseconds, wake });
        onNap();
      }),
  });
  opened.push(mailer);
  return {
    mailer,
    /** Resolves with the length of the next sleep once the pump has nothing to do. */
    asleep: async () => {
      while (naps.length === 0) await new Promise<void>((resolve) => (onNap = resolve));
      return naps.at(-1)?.milliseconds;
    },
    wakeAfter: (milliseconds: number) => {
      clock.advance(milliseconds);
      for (const nap of naps.splice(0)) nap.wake();
    },
  };
}

const messageWith = (code: string, to = 'frida@example.com'): Message => ({
  to,
  kind: 'CONFIRMATION',
  code,
  subject: 'Your confirmation code',
  text: `Your confirmation code is ${code}`,
});
const waiting = async () => (await database.db.select().from(outbox)).map(({ recipient }) => recipient);
const FRIDA = ['frida@example.com'];

describe.each([
  ['PGlite', onPglite],
  ['PostgreSQL', onPostgres],
])('the outbox on %s', (_name, make) => {
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ made: database, drop } = await make());
  });
  beforeEach(() => database.db.delete(outbox));
  afterAll(async () => {
    await database.close();
    await drop();
  });

  it('takes a message without waiting for the mail server, and waits for a send under way when it closes', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    let release = () => {};
    carry = () => {
      arrive();
      return new Promise((resolve) => (release = resolve));
    };
    const { mailer } = open();
    mailer.start();
    await mailer.deliver(messageWith('111111'));
    await arrived;
    const closed = mailer.close().then(() => sent.join());
    release();
    expect(await closed).toBe('111111');
    expect(await waiting()).toEqual([]);
  });

  it('survives the process that wrote the message', async () => {
    await open().mailer.deliver(messageWith('111111'));
    expect(await waiting()).toEqual(FRIDA);
    const next = open();
    next.mailer.start();
    await next.asleep();
    expect(sent).toEqual(['111111']);
    expect(await waiting()).toEqual([]);
  });

  it('tries again, each time later, and logs why but not the code', async () => {
    carry = async () => {
      throw new Error('550 refused: Your confirmation code is 111111');
    };
    const { mailer, asleep, wakeAfter } = open();
    await mailer.deliver(messageWith('111111'));
    mailer.start();
    expect(await asleep()).toBe(5_000);
    wakeAfter(5_000);
    expect(await asleep()).toBe(20_000);
    carry = async () => {};
    wakeAfter(20_000);
    await asleep();
    expect(sent).toEqual(['111111']);
    expect(logged).toContain('550 refused');
    expect(logged).not.toContain('111111');
  });

  it('gives up after twelve tries', async () => {
    carry = async () => {
      throw new Error('no');
    };
    const { mailer, asleep, wakeAfter } = open();
    await mailer.deliver(messageWith('111111'));
    mailer.start();
    for (let tries = 1; tries < 12; tries += 1) {
      await asleep();
      expect(await waiting()).toEqual(FRIDA);
      wakeAfter(HOUR);
    }
    await asleep();
    expect(await waiting()).toEqual([]);
  });

  it('shows neither code nor text to who reads the database', async () => {
    await open().mailer.deliver(messageWith('111111'));
    const [row] = await database.db.select().from(outbox);
    expect(Object.keys(row ?? {}).sort()).toEqual(
      ['id', 'recipient', 'kind', 'sealedContent', 'writtenAt', 'tries', 'dueAt'].sort(),
    );
    expect(row?.sealedContent.toString('latin1')).not.toMatch(/111111|confirmation/);
  });

  it('sends nobody a message that was meant for another', async () => {
    await open().mailer.deliver(messageWith('111111'));
    await database.db.update(outbox).set({ recipient: 'mallory@example.com' });
    const { mailer, asleep } = open();
    mailer.start();
    await asleep();
    expect(sent).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('lets go of a message whose key is gone, says so, and sends the others', async () => {
    await open().mailer.deliver(messageWith('111111'));
    secretKey = systemRandomness.bytes(32);
    const { mailer, asleep } = open();
    await mailer.deliver(messageWith('222222'));
    mailer.start();
    await asleep();
    expect(sent).toEqual(['222222']);
    expect(logged).toContain('SECRET_KEY');
    expect(await waiting()).toEqual([]);
  });

  it('writes a message to nobody down like any other, and sends it to nobody', async () => {
    const { mailer, asleep } = open();
    await mailer.deliver(messageWith('111111', NOBODY));
    expect(await waiting()).toEqual([NOBODY]);
    mailer.start();
    await asleep();
    expect(sent).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it.each([
    ['CONFIRMATION', 25 * HOUR],
    ['MFA', HOUR / 3],
  ] as const)('does not send a message of kind %s when its code is good no more', async (kind, age) => {
    await open().mailer.deliver({ ...messageWith('111111'), kind });
    clock.advance(age);
    const { mailer, asleep } = open();
    mailer.start();
    await asleep();
    expect(sent).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('sends each message once, whoever of several instances does', async () => {
    carry = async () => {
      await setImmediate();
    };
    const instances = [open(), open(), open()];
    const codes = Array.from({ length: 20 }, (_, index) => `code-${index}`);
    for (const code of codes) await instances[0]?.mailer.deliver(messageWith(code));
    for (const { mailer } of instances) mailer.start();
    await Promise.all(instances.map(({ asleep }) => asleep()));
    expect([...sent].sort()).toEqual([...codes].sort());
  });

  it('sends again what another instance died with', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    carry = () => {
      arrive();
      return new Promise(() => {});
    };
    const dying = open();
    await dying.mailer.deliver(messageWith('111111'));
    dying.mailer.start();
    await arrived;
    opened = [];
    carry = async () => {};
    const { mailer, asleep, wakeAfter } = open();
    mailer.start();
    await asleep();
    expect(sent).toEqual([]);
    wakeAfter(5 * 60_000);
    await asleep();
    expect(sent).toEqual(['111111']);
  });
});
