import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';
import { expect, it } from 'vitest';

import { createSmtpMailer } from '../../../../src/embedded/cognito/smtp-mailer.js';

it('hands a message to the mail server, and rejects when there is none', async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push(
          `${envelope.rcptTo.map(({ address }) => address).join()}\n${Buffer.concat(chunks).toString()}`,
        );
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const mailer = createSmtpMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'no-reply@example.com' });
  const message = {
    to: 'frida@example.com',
    kind: 'CONFIRMATION',
    code: '123456',
    subject: 'Your confirmation code',
    text: 'Your confirmation code is 123456',
  } as const;
  await mailer.deliver(message);
  expect(received).toHaveLength(1);
  expect(received[0]).toContain('frida@example.com');
  expect(received[0]).toContain('From: no-reply@example.com');
  expect(received[0]).toContain('Your confirmation code is 123456');

  // First the mailer, whose connection the server would wait for.
  mailer.close();
  await new Promise<void>((resolve) => server.close(resolve));
  const unreachable = createSmtpMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'no-reply@example.com' });
  await expect(unreachable.deliver(message)).rejects.toThrow();
  unreachable.close();
});
