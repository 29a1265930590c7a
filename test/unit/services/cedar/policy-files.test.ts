import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PolicyFilesError, readPolicyFolder } from '../../../../src/services/cedar/policy-files.js';

const SCHEMA = 'entity User = { age: Long }; action view appliesTo { principal: [User], resource: [User] };';
const policy = (id: string, condition = 'true') =>
  `@id("${id}")\n@description("About ${id}.")\npermit (principal, action, resource)\nwhen { ${condition} };\n`;

async function read(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
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

  describe('with folders of other namespaces', () => {
    const TEAM = `@doc("Ours.") namespace Team {
      entity Thing = { owner: User };
      action read, group appliesTo { principal: [User], resource: [Thing] };
    }`;
    const scoped = (id: string, head: string) =>
      `@id("${id}")\n@description("About ${id}.")\npermit (${head});\n`;
    const own = { 's.cedarschema': SCHEMA, 'a.cedar': policy('first') };

    it('joins their schemas, and reads their policies after its own', async () => {
      const { policies, schema, warnings } = await read({
        ...own,
        'team/t.cedarschema': TEAM,
        'team/t.cedar': scoped('second', 'principal, action == Team::Action::"read", resource'),
        'another/a.cedarschema': 'namespace Another { entity Place in [Team::Thing]; }',
        'cases/not-policies.json': '{}',
        'team/cases/not-policies.json': '{}',
        'notes/readme.md': 'not a policy',
        '.hidden/t.cedarschema': 'namespace Team { entity Thing; }',
      });
      expect(policies.map(({ id, file }) => [id, file])).toEqual([
        ['first', 'a.cedar'],
        ['second', 'team/t.cedar'],
      ]);
      expect(schema.namespaces).toEqual(['', 'Another', 'Team']);
      expect(warnings).toEqual([]);
    });

    it.each([
      ['an action of its namespace', 'principal, action == Team::Action::"read", resource'],
      [
        'actions of its namespace',
        'principal, action in [Team::Action::"read", Team::Action::"group"], resource',
      ],
      ['a type of its resources', 'principal, action, resource is Team::Thing'],
      ['one of its resources', 'principal, action, resource == Team::Thing::"x::y"'],
    ])('takes a policy whose scope names %s', async (_, head) => {
      const files = { ...own, 'team/t.cedarschema': TEAM, 'team/t.cedar': scoped('second', head) };
      expect((await read(files)).policies).toHaveLength(2);
    });

    it.each([
      ['everything', 'principal, action, resource'],
      ['all that is done by some', 'principal is User, action, resource'],
      ['an action of another', 'principal, action == Action::"view", resource'],
      [
        'an action of another among its own',
        'principal, action in [Team::Action::"read", Action::"view"], resource',
      ],
      ['a type of another', 'principal, action, resource is User'],
      ['what is in something', 'principal, action, resource in Team::Thing::"x"'],
      ['an id that looks like its namespace', 'principal, action, resource == User::"Team::Thing"'],
    ])('refuses a policy whose scope names %s', async (_, head) => {
      const problems = await problemsOf({
        ...own,
        'team/t.cedarschema': TEAM,
        'team/t.cedar': `// first line\n${scoped('second', head)}`,
      });
      expect(problems[0]).toBe(
        'team/t.cedar:2:1: it may decide about more than Team: its scope must name actions or a type of resource of its own namespace',
      );
    });

    it('follows links, as those of a volume of Kubernetes', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'policies-'));
      try {
        await mkdir(join(folder, '..data/team'), { recursive: true });
        await writeFile(join(folder, '..data/s.cedarschema'), SCHEMA);
        await writeFile(join(folder, '..data/team/t.cedarschema'), TEAM);
        await writeFile(
          join(folder, '..data/team/t.cedar'),
          scoped('one', 'principal, action, resource is Team::Thing'),
        );
        for (const name of ['s.cedarschema', 'team']) await symlink(`..data/${name}`, join(folder, name));
        expect((await readPolicyFolder(folder)).policies.map(({ file }) => file)).toEqual(['team/t.cedar']);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it.each([
      'team/deep/forbid.cedar',
      'team/deep/deeper/s.cedarschema',
      'team/forbid.CEDAR',
      'forbid.Cedar',
      'notes/drafts/old.cedar',
    ])('passes over no %s without a word: a forbid would be missing', async (file) => {
      const problems = await problemsOf({
        ...own,
        'team/t.cedarschema': TEAM,
        'notes/n.cedarschema': 'namespace N {}',
        [file]: policy('lost'),
      });
      expect(problems).toEqual([
        `${file}: it is not read: files end in .cedar or .cedarschema, one folder below at most`,
      ]);
    });

    it('refuses what is everybody’s, or below what is another’s', async () => {
      expect(await problemsOf({ ...own, 'team/t.cedarschema': 'entity Doc;' })).toEqual([
        'team/t.cedarschema:1:1: it must declare everything within a namespace',
      ]);
      expect((await problemsOf({ ...own, 'team/t.cedarschema': 'entity Long;' }))[0]).toBe(
        'team/t.cedarschema:1:1: it must declare everything within a namespace',
      );
      const below = {
        'a/a.cedarschema': 'namespace A { entity X; }',
        'b/b.cedarschema': 'namespace A::B { entity Y; }',
      };
      expect(await problemsOf({ ...own, ...below })).toEqual([
        "b/b.cedarschema:1:1: the namespace A::B is below A, which is another's",
      ]);
    });

    it('names the place of what is wrong in one of the schemas', async () => {
      const problems = await problemsOf({
        ...own,
        'a-team/t.cedarschema': 'namespace A { entity Thing; }',
        'team/t.cedarschema': 'namespace Team {\n  entity Thing = { owner: Nobody };\n}',
      });
      expect(problems).toEqual([expect.stringMatching(/^team\/t\.cedarschema:2:27: .*Nobody/)]);
    });

    it('refuses a namespace that is taken, a second schema, none, and one in JSON', async () => {
      const taken = {
        'a/t.cedarschema': 'namespace A { entity X; }',
        'b/t.cedarschema': 'namespace A { entity Y; }',
      };
      expect(await problemsOf({ ...own, ...taken })).toEqual([
        expect.stringMatching(/^b\/t\.cedarschema:1:11: .*duplicate namespace id: `A`/),
      ]);
      expect(
        await problemsOf({ ...own, 'team/t.cedarschema': TEAM, 'team/u.cedarschema': TEAM, 'b/b.cedar': '' }),
      ).toEqual([
        'The folder b has 0 *.cedarschema files; it must have exactly one.',
        'The folder team has 2 *.cedarschema files; it must have exactly one.',
      ]);
      expect(await problemsOf({ ...own, 'team/t.cedarschema': '{}' })).toEqual([
        "team/t.cedarschema:1:1: a schema beside others must be in Cedar's own syntax, not in JSON",
      ]);
    });
  });
});
