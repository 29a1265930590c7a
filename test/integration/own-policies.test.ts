import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RunningApp } from '../support/running-app.js';

describe('with policies of one’s own', () => {
  let folder: string;
  let app: RunningApp | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-own-'));
    await cp('policies', folder, { recursive: true });
  });
  afterEach(async () => {
    await app?.stop();
    await rm(folder, { recursive: true });
  });

  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')));
  const start = async (write: (line: string) => void = () => undefined) =>
    (app = await RunningApp.start({ POLICIES_DIR: folder }, { logger: pino({ level: 'warn' }, { write }) }));

  it('that permit everything, nobody changes their own roles all the same', async () => {
    await rm(join(folder, 'safeguards.cedar'));
    await writeFile(
      join(folder, 'everything.cedar'),
      '@id("everything")\n@description("Everybody may do everything.")\npermit (principal, action, resource);\n',
    );
    const running = await start();
    const auditor = await running.signIn('auditor@example.com');
    const promote =
      'mutation ($id: ID!) { updateUser(input: { id: $id, roles: ["administrator"] }) { roles } }';
    const variables = { id: auditor.user.id };
    expect((await running.ask(promote, { token: auditor.accessToken, variables })).faults).toEqual([
      'FORBIDDEN at updateUser',
    ]);
    expect((await running.ask('{ me { roles } }', { token: auditor.accessToken })).data).toEqual({
      me: { roles: ['auditor'] },
    });
  });

  it('whose schema lacks an action of the service, the log names it', async () => {
    await edit('schema.cedarschema', (text) => text.replace('action listUsers ', 'action listUsersX '));
    const lines: string[] = [];
    await start((line) => lines.push(line));
    expect(lines.map((line) => (JSON.parse(line) as { actions?: string[] }).actions)).toContainEqual([
      'listUsers',
    ]);
  });
});
