import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PolicyFilesError, readPolicyFolder } from '../../../../src/services/cedar/policy-files.js';

const SCHEMA = 'entity User = { age: Long }; action view appliesTo { principal: [User], resource: [User] };';
const policy = (id: string, condition = 'true') =>
  `@id("${id}")\n@description("About ${id}.")\npermit (principal, action, resource)\nwhen { ${condition} };\n`;

async function read(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    return await readPolicyFolder(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const problemsOf = async (files: Record<string, string>) => {
  const error: unknown = await read(files).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PolicyFilesError);
  return (error as PolicyFilesError).problems;
};

describe('readPolicyFolder', () => {
  it('reads the policies of all files, in order, with where they stand', async () => {
    const { policies, schema } = await read({
      's.cedarschema': SCHEMA,
      'b.cedar': policy('third'),
      'a.cedar': `// é first; "\n${policy('first')}\n${policy('second')}`,
      'README.md': 'not a policy',
    });
    expect(policies.map(({ id, file, line }) => ({ id, file, line }))).toEqual([
      { id: 'first', file: 'a.cedar', line: 2 },
      { id: 'second', file: 'a.cedar', line: 7 },
      { id: 'third', file: 'b.cedar', line: 1 },
    ]);
    expect(policies[0]).toMatchObject({
      description: 'About first.',
      annotations: { id: 'first', description: 'About first.' },
      statement: policy('first').trim(),
    });
    expect(schema.hasEntityType('User')).toBe(true);
  });

  it('names file, line and column of everything that is wrong, at once', async () => {
    const problems = await problemsOf({
      's.cedarschema': SCHEMA,
      'a.cedar': `// é\n${policy('torn', '1 +')}${policy('odd', 'principal.height > 1')}`,
      'b.cedar': `permit (principal, action, resource);\n@id("No Kebab") ${policy('x').split('\n').slice(1).join('\n')}`,
      'c.cedar': `@id("quiet") permit (principal, action, resource);\n${policy('twice')}${policy('twice')}`,
      'd.cedar': policy('slot').replace('principal,', 'principal == ?principal,'),
    });
    expect(problems.map((problem) => problem.slice(0, 60))).toEqual([
      expect.stringMatching(/^a\.cedar:5:12: .*unexpected/),
      expect.stringMatching(/^d\.cedar:3:22: this is a policy template/),
      'b.cedar:1:1: the policy has no @id',
      'b.cedar:2:1: the @id "No Kebab" is not in kebab-case',
      'c.cedar:1:1: the policy quiet has no @description',
      'c.cedar:6:1: the @id "twice" is taken by c.cedar:2',
      expect.stringMatching(/^a\.cedar:9:8: attribute `height`/),
    ]);
  });

  it('names the place of what is wrong in the schema', async () => {
    expect(await problemsOf({ 's.cedarschema': 'entity User;\nentity Role in [Nothing];' })).toEqual([
      expect.stringMatching(/^s\.cedarschema:2:17: /),
    ]);
  });

  it('says that there is no such folder', async () => {
    await expect(readPolicyFolder('/nowhere/at/all')).rejects.toThrow(
      'The folder /nowhere/at/all cannot be read: ENOENT.',
    );
  });

  it('wants exactly one schema', async () => {
    expect(await problemsOf({})).toHaveLength(1);
    expect(await problemsOf({ 'a.cedarschema': SCHEMA, 'b.cedarschema': SCHEMA })).toHaveLength(1);
  });

  it('warns of a policy that can never apply', async () => {
    const { warnings } = await read({
      's.cedarschema': SCHEMA,
      'a.cedar': policy('never', 'principal.age < 1 && false'),
    });
    expect(warnings[0]).toMatch(/^a\.cedar:1:1: .*impossible/);
  });
});
