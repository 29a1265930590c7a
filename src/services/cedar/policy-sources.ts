import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as it is read, before anything is made of it. */
export interface SourceFile {
  /** From the folder on, such as `documents/documents.cedar`. */
  readonly name: string;
  readonly text: string;
}

/** The files that decide together: those of the folder itself, or of one folder in it. */
export interface SourceGroup {
  /** Empty for the folder itself. */
  readonly name: string;
  readonly schemas: readonly SourceFile[];
  readonly policies: readonly SourceFile[];
  /** What looks like one of these and is not read, by its name from the folder on: a forbid in it would be missing. */
  readonly unread: readonly string[];
}

/**
 * Reads the `*.cedarschema` and `*.cedar` files of a folder and of the folders in it, in the order of their names. Folders with
 * nothing of the kind are left out, and so is what begins with a dot: a volume of Kubernetes, whose names are links, has all its
 * files there once more.
 *
 * @throws the error of the file system
 */
export async function readPolicySources(folder: string): Promise<readonly SourceGroup[]> {
  const { folders } = await entriesOf(folder);
  const [own, ...others] = await Promise.all([
    readGroup(folder, ''),
    ...folders.map((name) => readGroup(folder, name)),
  ]);
  return [
    own,
    ...others.filter(({ schemas, policies, unread }) => schemas.length + policies.length + unread.length > 0),
  ];
}

const SCHEMA = '.cedarschema';
const POLICIES = '.cedar';
/** Whatever somebody took for a file of policies. */
const LOOKS_LIKE_ONE = /\.cedar(schema)?$/i;

async function readGroup(folder: string, group: string): Promise<SourceGroup> {
  const path = join(folder, group);
  const { files, folders, others } = await entriesOf(path);
  const nameOf = (name: string) => (group === '' ? name : `${group}/${name}`);
  const read = (ending: string) =>
    Promise.all(
      files
        .filter((file) => file.endsWith(ending))
        .map(async (file): Promise<SourceFile> => ({
          name: nameOf(file),
          text: await readFile(join(path, file), 'utf8'),
        })),
    );
  const [schemas, policies, below] = await Promise.all([
    read(SCHEMA),
    read(POLICIES),
    // Those of the folder itself are groups.
    Promise.all(group === '' ? [] : folders.map((name) => namesBelow(path, name))),
  ]);
  const misnamed = files.filter((name) => !name.endsWith(SCHEMA) && !name.endsWith(POLICIES));
  const unread = [...misnamed, ...others, ...below.flat()].filter((name) => LOOKS_LIKE_ONE.test(name));
  return { name: group, schemas, policies, unread: unread.map(nameOf) };
}

interface Entries {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Pipes and the like, which nobody ever finishes reading. */
  readonly others: readonly string[];
}

/** What is in a folder, and what links in it lead to, in the order of the names. */
async function entriesOf(folder: string): Promise<Entries> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  const found = await Promise.all(names.map(async (name) => ({ name, is: await stat(join(folder, name)) })));
  const namesOf = (list: typeof found) => list.map(({ name }) => name);
  return {
    files: namesOf(found.filter(({ is }) => is.isFile())),
    folders: namesOf(found.filter(({ is }) => is.isDirectory())),
    others: namesOf(found.filter(({ is }) => !is.isFile() && !is.isDirectory())),
  };
}

const namesBelow = async (folder: string, name: string): Promise<readonly string[]> =>
  (await readdir(join(folder, name), { recursive: true })).map((below) => `${name}/${below}`).sort();

/** Where something stands in a file, in front of what is to be said of it. */
export function problemAt({ name, text }: SourceFile, offset: number, message: string): string {
  const { line, column } = positionIn(text, offset);
  return `${name}:${line}:${column}: ${message}`;
}

/** Line and column of an offset, each counted from 1. */
export function positionIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
