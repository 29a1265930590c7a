import { expect, it } from 'vitest';

import { createMailboxMailer, listMessages } from '../../../../src/embedded/cognito/mailbox-mailer.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';

it('keeps the newest thousand messages', async () => {
  const database = await openTestDatabase();
  const mailer = createMailboxMailer({ db: database.db, clock: new FakeClock() });
  const message = { to: 'frida@example.com', kind: 'CONFIRMATION', subject: 'Code', text: 'Code' } as const;
  for (let code = 1; code <= 1_003; code += 1) await mailer.deliver({ ...message, code: String(code) });
  const kept = (await listMessages(database.db, 2_000)).map(({ code }) => code);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, '1003', '4']);
  await database.close();
});
