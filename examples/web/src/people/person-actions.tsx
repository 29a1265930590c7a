import type { ReactNode } from 'react';

import {
  DeleteUserDocument,
  DisableUserDocument,
  EnableUserDocument,
  ResetUserMfaDocument,
  ResetUserPasswordDocument,
  type PeopleQuery,
  type TypedDocumentString,
} from '../operations/generated.js';

export type Person = NonNullable<PeopleQuery['users']>['nodes'][number];

/** Something that the viewer may do to a person. */
export interface PersonAction {
  readonly label: string;
  readonly document: TypedDocumentString<unknown, { id: string }>;
  /** The policies' answer, and whether it makes sense for this person. The service asks the policies again when it is done. */
  readonly isOffered: (person: Person) => boolean;
  /** What to ask beforehand; nothing where it is as easily undone. */
  readonly question?: (name: ReactNode) => ReactNode;
  /** What it comes to, for who is asked. */
  readonly consequence?: string;
  /** What is so afterwards. */
  readonly done: (name: ReactNode) => ReactNode;
}

export const PERSON_ACTIONS: readonly PersonAction[] = [
  {
    label: 'Enable',
    document: EnableUserDocument,
    isOffered: ({ mayEnable, enabled }) => mayEnable.allowed && enabled === false,
    done: (name) => <>{name} may sign in again.</>,
  },
  {
    label: 'Disable',
    document: DisableUserDocument,
    isOffered: ({ mayDisable, enabled }) => mayDisable.allowed && enabled === true,
    question: (name) => <>Disable {name}?</>,
    consequence: 'All their sessions end at once, and they cannot sign in until they are enabled again.',
    done: (name) => <>{name} is disabled.</>,
  },
  {
    label: 'Reset password',
    document: ResetUserPasswordDocument,
    isOffered: ({ mayResetPassword, enabled, status }) =>
      mayResetPassword.allowed && enabled === true && status === 'CONFIRMED',
    question: (name) => <>Reset the password of {name}?</>,
    consequence: 'All their sessions end at once. They get a code by mail, to choose a new password with.',
    done: (name) => <>{name} has to choose a new password.</>,
  },
  {
    label: 'Reset second factor',
    document: ResetUserMfaDocument,
    isOffered: ({ mayResetMfa, mfa }) => mayResetMfa.allowed && mfa !== null && mfa.enabled.length > 0,
    question: (name) => <>Reset the second factor of {name}?</>,
    consequence: 'All their sessions end at once, and they sign in without their authenticator.',
    done: (name) => <>{name} has no second factor any more.</>,
  },
  {
    label: 'Delete',
    document: DeleteUserDocument,
    isOffered: ({ mayDelete }) => mayDelete.allowed,
    question: (name) => <>Delete {name}?</>,
    consequence: 'The account is gone for good, with all its sessions.',
    done: (name) => <>{name} is deleted.</>,
  },
];
