import { qualifyAction, userUid } from '../src/services/authorization/names.js';
import type { CedarEntity, EntityUid, Question } from '../src/services/authorization/question.js';
import { USER_ACTIONS } from './user-actions.js';

/** Questions that are asked at once. */
export interface CallCase {
  /** What its measurement's id ends with. */
  readonly id: string;
  readonly title: string;
  readonly questions: readonly Question[];
}

const OBJECTS = [1, 10, 50, 200] as const;
const CHECKS = [1, 3, 10] as const;

const person = (number: number): EntityUid => userUid(`person-${number}`);
const document = (number: number): EntityUid => userUid(`document-${number}`);

const ask = (principal: EntityUid, check: number, resource: EntityUid): Question => ({
  principal,
  action: qualifyAction(USER_ACTIONS[check % USER_ACTIONS.length] ?? 'readUser', resource.type),
  resource,
  context: {},
});

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A page that one person looks at: some checks of each object. */
const pages: readonly CallCase[] = OBJECTS.flatMap((objects) =>
  CHECKS.map((checks) => ({
    id: `${objects}x${checks}`,
    title: `a page of ${objects} objects × ${checks} checks`,
    questions: times(objects * checks, (index) =>
      ask(person(0), index % checks, document(Math.floor(index / checks))),
    ),
  })),
);

/** What services ask for others: many principals, and many resources. */
const crowds: readonly CallCase[] = [
  {
    id: 'own',
    title: '50 people, three checks of something of their own each',
    questions: times(150, (index) => ask(person(index % 50), Math.floor(index / 50), document(index % 50))),
  },
  {
    id: 'shared',
    title: '90 people, one check of the same object each',
    questions: times(90, (index) => ask(person(index), 0, document(0))),
  },
  {
    id: 'team',
    title: '12 people, one check of each of the same 25 objects',
    questions: times(300, (index) => ask(person(index % 12), 0, document(Math.floor(index / 12)))),
  },
  {
    id: 'crossing',
    title: 'one person with 60 objects, and 60 people with one of these',
    questions: [
      ...times(60, (index) => ask(person(0), 0, document(index))),
      ...times(60, (index) => ask(person(index), 1, document(0))),
    ],
  },
  {
    id: 'sparse',
    title: '40 people, one check of three of 40 objects each, here and there',
    questions: times(120, (index) => {
      const [who, which] = [index % 40, Math.floor(index / 40)];
      return ask(person(who), 0, document((who * (2 * which + 3) + which * 7) % 40));
    }),
  },
];

export const CALL_CASES: readonly CallCase[] = [...pages, ...crowds];

/** All that the questions name. */
export function entitiesOf(questions: readonly Question[]): CedarEntity[] {
  const uids = new Map(
    questions.flatMap(({ principal, resource }) => [principal, resource]).map((uid) => [uid.id, uid]),
  );
  const attrs = { userType: 'END_USER', enabled: true, status: 'CONFIRMED' };
  return [...uids.values()].map((uid) => ({ uid, attrs, parents: [] }));
}
