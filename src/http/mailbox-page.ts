/** A message that was kept instead of being sent: mail, or a text message. */
export interface MailboxMessage {
  readonly to: string;
  readonly kind: string;
  /** What the message is about: a confirmation code, or an invitation's temporary password. */
  readonly code: string;
  readonly sentAt: Date;
}

/** Nothing but the page's own style; it runs no script and loads nothing. */
export const MAILBOX_CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE = `
  :root { color-scheme: light dark; --line: light-dark(#d9dee5, #333a45); --quiet: light-dark(#5b6673, #98a3b1); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; margin: 0; }
  p { color: var(--quiet); margin: 0.25rem 0 2rem; }
  table { border-collapse: collapse; width: 100%; }
  th { color: var(--quiet); font-size: 0.8rem; font-weight: 600; text-align: left; }
  th, td { border-bottom: 1px solid var(--line); padding: 0.6rem 1rem 0.6rem 0; }
  code { font: 600 1.05rem ui-monospace, monospace; user-select: all; }
  time { color: var(--quiet); white-space: nowrap; }`;

/** The messages as an HTML page, in the order given. */
export function mailboxPage(messages: readonly MailboxMessage[]): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mailbox · Portcullis</title>
    <style>${STYLE}
    </style>
  </head>
  <body>
    <h1>Mailbox</h1>
    <p>What would have been sent, newest first. Development only.</p>
    ${messages.length === 0 ? '<p>Nothing yet.</p>' : table(messages)}
  </body>
</html>
`;
}

const table = (messages: readonly MailboxMessage[]): string => `<table>
      <thead><tr><th>To</th><th>Kind</th><th>Code</th><th>Sent</th></tr></thead>
      <tbody>
${messages.map(row).join('\n')}
      </tbody>
    </table>`;

function row({ to, kind, code, sentAt }: MailboxMessage): string {
  const time = sentAt.toISOString();
  return `        <tr><td>${escape(to)}</td><td>${escape(kind)}</td><td><code>${escape(code)}</code></td><td><time datetime="${time}">${time}</time></td></tr>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
