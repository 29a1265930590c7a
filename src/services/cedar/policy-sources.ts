import { readdir, readFile } from 'node:fs/promises';
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
}

/**
 * Reads the `*.cedarschema` and `*.cedar` files of a folder and of the folders in it, in the order of their names. Folders with
 * neither are left out, and so is what begins with a dot: a volume of Kubernetes has all its files there once more.
 *
 * @throws the error of the file system
 */
export async function readPolicySources(folder: string): Promise<readonly SourceGroup[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const names = folders.map(({ name }) => name).sort();
  const [own, ...others] = await Promise.all([
    readGroup(folder, ''),
    ...names.map((name) => readGroup(folder, name)),
  ]);
  return [own, ...others.filter(({ schemas, policies }) => schemas.length + policies.length > 0)];
}

async function readGroup(folder: string, group: string): Promise<SourceGroup> {
  const names = (await readdir(join(folder, group))).filter((name) => !name.startsWith('.')).sort();
  const read = (ending: string) =>
    Promise.all(
      names
        .filter((name) => name.endsWith(ending))
        .map(async (file): Promise<SourceFile> => {
          const name = group === '' ? file : `${group}/${file}`;
          return { name, text: await readFile(join(folder, name), 'utf8') };
        }),
    );
  const [schemas, policies] = await Promise.all([read('.cedarschema'), read('.cedar')]);
  return { name: group, schemas, policies };
}

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
