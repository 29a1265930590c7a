import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readPolicyFolder } from '../../src/services/cedar/policy-files.js';
import { readPolicyCases } from '../../src/tools/policy-cases.js';
import { checkPolicies } from '../../src/tools/policy-check.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const policies = join(root, 'policies');

describe('the policies', () => {
  it('pass their check', async () => {
    const { failures } = await checkPolicies(policies);
    expect(failures).toEqual([]);
  });

  it('are tested with an ALLOW and a DENY of every action', async () => {
    const { schema } = await readPolicyFolder(policies);
    const cases = await readPolicyCases(policies);
    const askable = schema.actions.filter((action) =>
      schema.entityTypes.some((type) => schema.appliesTo(action, 'Identity::User', type)),
    );
    expect(askable.length).toBeGreaterThanOrEqual(18);
    for (const decision of ['ALLOW', 'DENY']) {
      const tested = cases
        .filter((found) => found.decision === decision)
        .map(({ request }) => request.action.id);
      expect(askable.map(({ id }) => id).filter((id) => !tested.includes(id))).toEqual([]);
    }
  });
});

describe('the check of policies', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-check-'));
    await cp(policies, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')));

  it('fails when a decision is not what its case says', async () => {
    await edit('cases/people.json', (text) => text.replace('"ALLOW"', '"DENY"'));
    const { failures } = await checkPolicies(folder);
    expect(failures).toEqual([
      expect.stringMatching(/^cases\/people\.json: .*: expected DENY .*, got ALLOW /),
    ]);
  });

  it('fails when other policies decide than its case says', async () => {
    await edit('cases/people.json', (text) => text.replace('"people-read-themselves"', '"auditors-read"'));
    expect((await checkPolicies(folder)).failures).toHaveLength(1);
  });

  it('fails when no case is decided by a policy', async () => {
    await writeFile(
      join(folder, 'new.cedar'),
      '@id("untested") @description("Nobody asked.") forbid (principal == Identity::User::"nobody-else", action, resource);',
    );
    expect((await checkPolicies(folder)).failures).toEqual(['new.cedar:1:1: no case is decided by untested']);
  });

  it('fails when the question of a case is refused', async () => {
    await edit('cases/people.json', (text) => text.replace('"readUser"', '"readUsers"'));
    expect((await checkPolicies(folder)).failures[0]).toMatch(/the question is refused: .*readUsers/);
  });

  it('fails for a file of cases that is not one, and names the member', async () => {
    await edit('cases/people.json', (text) => text.replace('"decision"', '"decisions"'));
    expect((await checkPolicies(folder)).failures[0]).toMatch(/^cases\/people\.json: cases\.0/);
    await writeFile(join(folder, 'cases/people.json'), '{');
    expect((await checkPolicies(folder)).failures[0]).toMatch(/^cases\/people\.json: /);
  });

  it('is a command that exits with 1 and prints file and case', async () => {
    const run = (target: string) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/check-policies.ts', target], {
        cwd: root,
      });
    expect((await run(policies)).stdout).toContain('policies are valid');
    await edit('people.cedar', (text) => text.replace('principal.enabled', 'principal.enabledd'));
    await expect(run(folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('people.cedar:') as string,
    });
  });
});
