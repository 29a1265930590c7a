import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createLogger } from '../../../../src/services/create-logger.js';
import { createKeptPolicyCatalog } from '../../../../src/services/policies/kept-policy-catalog.js';
import { createPolicyFolderReader } from '../../../../src/services/policies/policy-folder-reader.js';
import { createPolicyKeeper } from '../../../../src/services/policies/policy-keeper.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-policies-'));
  lines = [];
  await write(
    'schema.cedarschema',
    'entity User; action look appliesTo { principal: User, resource: User };',
  );
  await write('all.cedar', policy('everybody', 'permit (principal, action, resource)'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const policy = (id: string, statement: string) => `@id("${id}") @description("About ${id}.") ${statement};`;

const openKeeper = () =>
  createPolicyKeeper({
    reader: createPolicyFolderReader(folder),
    clock: new FakeClock(),
    logger: createLogger('warn', { write: (line) => void lines.push(line) }),
    metrics: createMetrics(),
  });

it('the policies of a folder follow its files, and are the same object while those do not change', async () => {
  const keeper = openKeeper();
  await keeper.sync();
  const first = keeper.current();
  expect(first?.set.policyIds).toEqual(['everybody']);
  await keeper.sync();
  expect(keeper.current()).toBe(first);
  await write('none.cedar', policy('nobody', 'forbid (principal, action, resource)'));
  await keeper.sync();
  expect(keeper.current()?.set.policyIds).toEqual(['everybody', 'nobody']);
  expect(keeper.current()?.version).not.toBe(first?.version);
  await rm(join(folder, 'none.cedar'));
  await keeper.sync();
  expect(keeper.current()?.version).toBe(first?.version);
});

it('files that are wrong change nothing, and the log says where they are', async () => {
  const keeper = openKeeper();
  await keeper.sync();
  const first = keeper.current();
  await write('wrong.cedar', policy('wrong', 'permit (principal, action, resource) when { secretText }'));
  await keeper.sync();
  expect(keeper.current()).toBe(first);
  expect(keeper.freshness()).toBe('stale');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: 'PolicyFilesError',
    places: [expect.stringMatching(/^wrong\.cedar:1:\d+$/)],
  });
  expect(lines[0]).not.toContain('secretText');
});

it('a folder that is not there is no policies', async () => {
  const keeper = openKeeper();
  await rm(folder, { recursive: true });
  await keeper.sync();
  expect([keeper.current(), keeper.freshness()]).toEqual([undefined, 'none']);
  await mkdir(folder);
});

it('the catalog is of the policies in use, without a call', async () => {
  const keeper = openKeeper();
  const catalog = createKeptPolicyCatalog(keeper);
  await expect(catalog.schema()).rejects.toThrow();
  await keeper.sync();
  expect(await catalog.schema()).toBe(keeper.current()?.set.schema);
  expect(await catalog.describe(['everybody', 'unknown'])).toEqual([
    { id: 'everybody', description: 'About everybody.' },
    { id: 'unknown', description: null },
  ]);
});
