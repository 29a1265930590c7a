import { createTransport } from 'nodemailer';

import type { Mailer } from './mailer.js';

/** What a mail server may take before a delivery counts as failed, in milliseconds. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as const;

export interface SmtpMailer extends Mailer {
  /** Closes the connections to the mail server. */
  close(): void;
}

/**
 * Sends messages through a mail server.
 * @param smtpUrl such as `smtps://user:password@mail.example.com:465`
 * @param from the sender, an address with or without a name
 */
export function createSmtpMailer({ smtpUrl, from }: { smtpUrl: string; from: string }): SmtpMailer {
  const transport = createTransport({ url: smtpUrl, pool: true, ...TIMEOUTS }, { from });
  return {
    async deliver({ to, subject, text }) {
      await transport.sendMail({ to, subject, text });
    },
    close: () => transport.close(),
  };
}
