import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readPolicyFolder } from '../cedar/policy-files.js';
import { fingerprint, inOrder, type PolicyContents, type PolicyReader } from './policies-in-use.js';
import { UnsettledPoliciesError } from './policy-store-reader.js';

/** Reads the policies of a folder, which go by their `@id`, and parses them whenever a file of it changed. */
export function createPolicyFolderReader(folder: string): PolicyReader {
  let last: { readonly texts: string; readonly contents: PolicyContents } | undefined;
  return {
    async read() {
      const texts = await readTexts(folder);
      if (texts === last?.texts) return last.contents;
      const { schema, policies } = await readPolicyFolder(folder);
      if ((await readTexts(folder)) !== texts) {
        throw new UnsettledPoliciesError('The policy files changed while they were read.');
      }
      const kept = policies.map(({ id, statement, description }) => ({ id, statement, description }));
      const contents: PolicyContents = {
        policies: inOrder(kept.map((policy) => [policy.id, policy])),
        schema,
        validatesRequests: true,
      };
      last = { texts, contents };
      return contents;
    },
  };
}

/** What tells one state of the files from another. A folder that cannot be read is the parser's to complain about. */
async function readTexts(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const texts = names
    .filter((name) => /\.cedar(schema)?$/.test(name))
    .sort()
    .map(async (name) => [name, await readFile(join(folder, name), 'utf8')]);
  return fingerprint(await Promise.all(texts));
}
