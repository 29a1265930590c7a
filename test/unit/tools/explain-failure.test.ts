import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { makeFolder } from '../../../src/services/database/make-folder.js';
import { explainFailure } from '../../../src/tools/explain-failure.js';

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

it('names PORT where the port is taken', async () => {
  const [holder, other] = [createServer(), createServer()];
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  other.listen(port, '127.0.0.1');
  const [error] = (await once(other, 'error').catch((cause: unknown) => [cause])) as [unknown];
  const sentence = `It cannot listen on 127.0.0.1:${port}: another program listens there: choose another`;
  expect(explainFailure(error, { dataDir: '/data' })).toBe(`${sentence} PORT.`);
  expect(explainFailure(error, { dataDir: '/data', portVariable: () => 'AVP_PORT' })).toBe(
    `${sentence} AVP_PORT.`,
  );
  holder.close();
});

it('names HOST where it is none of this machine', async () => {
  const server = createServer();
  server.listen(0, '192.0.2.1');
  const [error] = (await once(server, 'error').catch((cause: unknown) => [cause])) as [unknown];
  expect(explainFailure(error)).toContain('choose another HOST.');
  const hostVariable = (host?: string) => (host === '192.0.2.1' ? 'COPROCESSOR_HOST' : 'HOST');
  expect(explainFailure(error, { dataDir: '/data', hostVariable })).toContain('another COPROCESSOR_HOST.');
});

it('names DATA_DIR where a part of it is a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-explain-'));
  const dataDir = join(folder, 'file', 'data');
  await writeFile(join(folder, 'file'), '');
  const explanation = explainFailure(await failureOf(makeFolder(join(dataDir, 'database'))), { dataDir });
  expect(explanation).toContain(`It cannot keep its data in ${dataDir}: a part of its path is a file.`);
  expect(explanation).toContain('DATA_DIR');
  await rm(folder, { recursive: true });
});

it.each(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'ENOSPC'])('names DATA_DIR at %s', (code) => {
  const error = Object.assign(new Error(code), { code, path: '/data/portcullis/database' });
  expect(explainFailure(error, { dataDir: '/data/portcullis' })).toMatch(/^It cannot keep .* DATA_DIR \(/);
  expect(explainFailure(error, { dataDir: '/elsewhere' })).toBe(code);
});

it('lets other errors speak for themselves', () => {
  expect(explainFailure(new Error('The tide is high.'))).toBe('The tide is high.');
  expect(explainFailure('low')).toBe('low');
});
