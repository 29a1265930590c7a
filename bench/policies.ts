import type { CedarEntity, Question } from '../src/services/authorization/question.js';
import type { PolicySource } from '../src/services/cedar/policy-statement.js';
import type { EntityUid } from '../src/services/cedar/values.js';

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

/** What shares are linked to: the text of each template, by its id. */
export const TEMPLATES = {
  person:
    'permit (principal == ?principal, action in [Action::"view", Action::"edit"], resource in ?resource);',
  team: 'permit (principal in ?principal, action == Action::"view", resource in ?resource);',
} as const;

/** One folder shared with one person, or with the members of one group. */
export interface Share {
  readonly id: string;
  readonly templateId: keyof typeof TEMPLATES;
  readonly values: { readonly principal: EntityUid; readonly resource: EntityUid };
}

/**
 * The people of the questions below, of whom each finds shares of their own, or strangers, whose shares match no question at
 * all.
 */
export type SharedWith = 'people' | 'strangers';

export interface Policies {
  readonly general: readonly PolicySource[];
  readonly shares: readonly Share[];
}

/** Four policies that hold for everybody, and shares up to the count. */
export const policiesFor = (count: number, sharedWith: SharedWith): Policies => ({
  general: GENERAL.map((statement, index) => ({ id: `policy-${index}`, statement })),
  shares: Array.from({ length: count - GENERAL.length }, (_, index) =>
    share(GENERAL.length + index, sharedWith === 'people' ? '' : 'strange-'),
  ),
});

function share(index: number, prefix: string): Share {
  const id = `policy-${index}`;
  const folder = (number: number) => ({ type: 'Folder', id: `folder-${number}` });
  if (index % 10 === 0) {
    const principal = { type: 'Group', id: `${prefix}team-${index}` };
    return { id, templateId: 'team', values: { principal, resource: folder(index % 100) } };
  }
  const principal = { type: 'User', id: `${prefix}user-${index % 1_000}` };
  return { id, templateId: 'person', values: { principal, resource: folder(index) } };
}

/** The static policy that a share amounts to. */
export const statementOf = ({ templateId, values: { principal, resource } }: Share): string =>
  TEMPLATES[templateId]
    .replace('?principal', `${principal.type}::"${principal.id}"`)
    .replace('?resource', `${resource.type}::"${resource.id}"`);

/** A question, with the entities that it is about. */
export type BenchQuestion = Question & { readonly entities: readonly CedarEntity[] };

/** Questions of as many people, each about a document of their own or of somebody else. */
export const questions = (people: number): BenchQuestion[] =>
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
