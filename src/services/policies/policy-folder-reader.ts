import { readPolicyFolder } from '../cedar/policy-files.js';
import { readPolicySources } from '../cedar/policy-sources.js';
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
  const groups = await readPolicySources(folder).catch(() => []);
  const files = groups.flatMap(({ schemas, policies }) => [...schemas, ...policies]);
  const unread = groups.flatMap((group) => group.unread);
  return fingerprint([unread, files.map(({ name, text }) => [name, text])]);
}
