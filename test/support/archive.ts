import { appendFile, cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a service that keeps an archive asks about, in a namespace of its own. */
const SCHEMA = `
namespace Archive {
  entity Folder = { owner: Identity::User };
  entity File = { owner: Identity::User, title?: String, readers?: Set<Identity::User> };
  action view appliesTo { principal: [Identity::User], resource: [File, Folder], context: Identity::Request };
  action shred, lend appliesTo { principal: [Identity::User], resource: [File], context: Identity::Request };
}
`;

const POLICIES = `
@id("owners-view")
@description("Owners view what is theirs.")
permit (principal, action == Archive::Action::"view", resource) when { resource.owner == principal };

@id("readers-view")
@description("Readers view files.")
permit (principal, action == Archive::Action::"view", resource is Archive::File)
when { resource has readers && resource.readers.contains(principal) };

@id("two-factors-shred")
@description("Who signed in with a second factor shreds files.")
permit (principal, action == Archive::Action::"shred", resource)
when { context has mfaAuthenticated && context.mfaAuthenticated };

@id("one-factor-lends")
@description("Who signed in without one lends files.")
permit (principal, action == Archive::Action::"lend", resource)
when { context has mfaAuthenticated && !context.mfaAuthenticated };

@id("auditing-explains")
@description("The service auditing reads why.")
permit (
  principal == Identity::Service::"auditing",
  action == Identity::Action::"explainDecision",
  resource
);

@id("guests-decide-nothing")
@description("The service guest asks for nobody else.")
forbid (
  principal == Identity::Service::"guest",
  action == Identity::Action::"decideForOthers",
  resource
);
`;

/**
 * A folder of policies with the service's own and the archive's, for POLICIES_DIR. Of the services `auditing` may read why, and
 * `guest` may not ask for others.
 */
export async function archivePolicies(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-archive-'));
  await cp('policies', folder, { recursive: true });
  await appendFile(join(folder, 'schema.cedarschema'), SCHEMA);
  await writeFile(join(folder, 'archive.cedar'), POLICIES);
  return folder;
}
