import type { AuthorizationRequest } from '../src/services/cedar/policy-set.js';
import type { PolicySource } from '../src/services/cedar/policy-statement.js';

/** What the policies and questions below speak of: documents in folders, shared with people and their groups. */
export const SCHEMA = `
  entity Group;
  entity User in [Group] = { active: Bool };
  entity Folder;
  entity Document in [Folder] = { owner: User, archived: Bool };
  action view, edit, share
    appliesTo { principal: [User], resource: [Document], context: { mfaAuthenticated?: Bool } };
`;

/** What holds for everybody. */
const GENERAL = [
  'permit (principal, action, resource is Document) when { principal.active && resource.owner == principal };',
  'forbid (principal is User, action, resource) unless { principal.active };',
  'forbid (principal, action in [Action::"edit", Action::"share"], resource is Document) when { resource.archived };',
  'permit (principal in Group::"editors", action in [Action::"view", Action::"edit"], resource in Folder::"folder-0");',
];

/** One folder shared with one person, or with the members of one group. */
const share = (index: number) =>
  index % 10 === 0
    ? `permit (principal in Group::"team-${index}", action == Action::"view", resource in Folder::"folder-${index % 100}");`
    : `permit (principal == User::"user-${index % 1_000}", action in [Action::"view", Action::"edit"], resource in Folder::"folder-${index}");`;

/** Four policies that hold for everybody, and shares up to the count. */
export const policies = (count: number): PolicySource[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `policy-${index}`,
    statement: GENERAL[index] ?? share(index),
  }));

/** Questions of as many people, each about a document of their own or of somebody else. */
export const questions = (people: number): AuthorizationRequest[] =>
  Array.from({ length: people }, (_, index) => {
    const principal = { type: 'User', id: `user-${index}` };
    const resource = { type: 'Document', id: `document-${index}` };
    const owner = index % 3 === 0 ? { type: 'User', id: 'somebody-else' } : principal;
    return {
      principal,
      action: { type: 'Action', id: ['view', 'edit', 'share'][index % 3] ?? 'view' },
      resource,
      context: { mfaAuthenticated: index % 2 === 0 },
      entities: [
        {
          uid: principal,
          attrs: { active: index % 7 > 0 },
          parents: [{ type: 'Group', id: index % 2 === 0 ? 'editors' : `team-${index}` }],
        },
        {
          uid: resource,
          attrs: { owner: { __entity: owner }, archived: index % 5 === 0 },
          parents: [{ type: 'Folder', id: `folder-${index}` }],
        },
      ],
    };
  });
