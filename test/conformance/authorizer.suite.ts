import { beforeAll, describe, expect, it } from 'vitest';

import type { Authorizer, Ruling } from '../../src/services/authorization/authorizer.js';
import {
  uidText,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
  type Question,
} from '../../src/services/authorization/question.js';

/** The policy store that the suite asks about. */
export const LIBRARY = {
  schema: `
    namespace Library {
      entity Group;
      entity Person in [Group] = { suspended: Bool };
      entity Book in [Book] = { owner: Person, loans: Long };
      action read, edit, burn appliesTo {
        principal: Person, resource: Book, context: { channel?: String, nested?: { deep: Bool } }
      };
    }`,
  policies: {
    'members-read': `permit (principal in Library::Group::"members", action == Library::Action::"read", resource);`,
    'owners-edit': `permit (principal, action == Library::Action::"edit", resource) when { resource.owner == principal };`,
    'suspended-nothing': `forbid (principal, action, resource) when { principal.suspended };`,
    'web-burns': `permit (principal, action == Library::Action::"burn", resource)
      when { context has channel && context.channel == "web" };`,
    overflow: `permit (principal, action == Library::Action::"burn", resource) when { resource.loans + 1 > 0 };`,
  },
} as const;

const person = (id: string): EntityUid => ({ type: 'Library::Person', id });
const book = (id: string): EntityUid => ({ type: 'Library::Book', id });
const members: EntityUid = { type: 'Library::Group', id: 'members' };

const describePerson = (id: string, suspended = false, ...groups: EntityUid[]): CedarEntity => ({
  uid: person(id),
  attrs: { suspended },
  parents: groups,
});
const describeBook = (id: string, owner: string, loans = 0): CedarEntity => ({
  uid: book(id),
  attrs: { owner: { __entity: { ...person(owner) } }, loans },
  parents: [],
});

const ask = (who: string, action: string, what: string, context: CedarRecord = {}): Question => ({
  principal: person(who),
  action: { type: 'Library::Action', id: action },
  resource: book(what),
  context,
});

const answered = (effect: 'ALLOW' | 'DENY', ...determiningPolicies: string[]): Ruling => ({
  kind: 'answered',
  effect,
  determiningPolicies,
  errors: [],
});

const ENTITIES: readonly CedarEntity[] = [
  describePerson('ada', false, members),
  describePerson('bob'),
  describePerson('eve', true, members),
  { uid: members, attrs: {}, parents: [] },
  describeBook('emma', 'ada'),
  describeBook('ulysses', 'bob'),
  describeBook('worn', 'bob', Number.MAX_SAFE_INTEGER),
];

/** An Authorizer under test. */
export interface AuthorizerSubject {
  readonly authorizer: Authorizer;
  /** Which policy of {@link LIBRARY} goes by this id. */
  readonly nameOf: (policyId: string) => string | undefined;
}

/** What every Authorizer does alike. `create` makes one over a policy store with the content of {@link LIBRARY}. */
export function authorizerSuite(name: string, create: () => Promise<AuthorizerSubject>): void {
  describe(`${name} as an Authorizer`, () => {
    let subject: AuthorizerSubject;
    beforeAll(async () => {
      subject = await create();
    });

    async function rule(questions: readonly Question[], entities = ENTITIES): Promise<Ruling[]> {
      const rulings = await subject.authorizer.authorize(questions, entities);
      return rulings.map((ruling) => {
        if (ruling.kind !== 'answered') return ruling;
        const names = ruling.determiningPolicies.map((policyId) => subject.nameOf(policyId) ?? policyId);
        return { ...ruling, determiningPolicies: names };
      });
    }

    it('rules on nothing when asked nothing', async () => {
      expect(await rule([])).toEqual([]);
    });

    it('names the policies that permit, those that forbid, and none where none applies', async () => {
      const questions = [ask('ada', 'read', 'emma'), ask('eve', 'read', 'emma'), ask('bob', 'read', 'emma')];
      expect(await rule(questions)).toEqual([
        answered('ALLOW', 'members-read'),
        answered('DENY', 'suspended-nothing'),
        answered('DENY'),
      ]);
    });

    it('rules in the order asked, however the questions are grouped', async () => {
      const people = ['ada', 'bob', 'eve'];
      const questions = ['emma', 'ulysses'].flatMap((what) => people.map((who) => ask(who, 'edit', what)));
      expect((await rule(questions)).map((ruling) => ruling.kind === 'answered' && ruling.effect)).toEqual([
        'ALLOW',
        'DENY',
        'DENY',
        'DENY',
        'ALLOW',
        'DENY',
      ]);
    });

    it('tells apart questions that differ in their context alone', async () => {
      const questions = [undefined, 'web', 'desk'].map((channel) =>
        ask('ada', 'burn', 'unknown', channel === undefined ? {} : { channel }),
      );
      const rulings = await rule(questions);
      expect(rulings.map((ruling) => ruling.kind === 'answered' && ruling.effect)).toEqual([
        'DENY',
        'ALLOW',
        'DENY',
      ]);
    });

    it('reports what went wrong while evaluating, beside the decision', async () => {
      const [ruling] = await rule([ask('ada', 'burn', 'unknown', { channel: 'web' })]);
      expect(ruling).toMatchObject({ effect: 'ALLOW', determiningPolicies: ['web-burns'] });
      expect(ruling?.kind === 'answered' && ruling.errors.length).toBe(1);
    });

    it('answers a question with what is brought for it, and no other with it', async () => {
      const bringing = (owner: string): Question => ({
        ...ask('ada', 'edit', 'unlisted'),
        resourceAttributes: { owner: { __entity: { ...person(owner) } }, loans: 0 },
      });
      const rulings = await rule([bringing('bob'), bringing('ada'), ask('ada', 'edit', 'unlisted')]);
      expect(rulings.map((ruling) => ruling.kind === 'answered' && ruling.effect)).toEqual([
        'DENY',
        'ALLOW',
        'DENY',
      ]);
    });

    it('calls a wrong question invalid, without harm to those beside it', async () => {
      const questions = [
        ask('ada', 'read', 'emma'),
        ask('ada', 'read', 'emma', { channel: 5 }),
        ask('ada', 'devour', 'emma'),
        ask('ada', 'edit', 'emma'),
      ];
      const rulings = await rule(questions);
      expect(rulings.map(({ kind }) => kind)).toEqual(['answered', 'invalid', 'invalid', 'answered']);
      expect(rulings[1]?.kind === 'invalid' && rulings[1].errors.length).toBeGreaterThan(0);
    });

    it('answers a thousand questions of many principals and resources as it answers each alone', async () => {
      const people = Array.from({ length: 25 }, (_, index) => `person ${index}`);
      const books = Array.from({ length: 40 }, (_, index) => `book ${index}`);
      const entities = [
        ...people.map((id, index) => describePerson(id, index % 5 === 0, ...(index % 2 ? [members] : []))),
        ...books.map((id, index) => describeBook(id, people[index % people.length] ?? '')),
      ];
      const questions = people.flatMap((who, p) =>
        books.map((what, b) => ask(who, (p + b) % 2 ? 'read' : 'edit', what)),
      );
      const rulings = await rule(questions, entities);
      const expected = questions.map(({ principal, action, resource }) => {
        const [p, b] = [people.indexOf(principal.id), books.indexOf(resource.id)];
        if (p % 5 === 0) return answered('DENY', 'suspended-nothing');
        if (action.id === 'read') return p % 2 ? answered('ALLOW', 'members-read') : answered('DENY');
        return b % people.length === p ? answered('ALLOW', 'owners-edit') : answered('DENY');
      });
      expect(rulings).toEqual(expected);
    });

    it('keeps apart the ids that only escaping tells apart', async () => {
      const odd = [
        '"',
        '\\',
        '"\\"',
        'a"::b',
        '💥',
        ' ',
        '\n',
        '\0',
        '\u2028',
        'ada',
        'ada\n',
        '\u0430da',
        'a\u0308',
        '\u00e4',
      ];
      const entities = odd.map((id) => describeBook(id, id));
      const questions = odd.flatMap((owner) => odd.map((id) => ask(owner, 'edit', id)));
      const people = odd.map((id) => describePerson(id));
      const rulings = await rule(questions, [...entities, ...people]);
      const allowed = questions.filter((_, index) => {
        const ruling = rulings[index];
        return ruling?.kind === 'answered' && ruling.effect === 'ALLOW';
      });
      expect(allowed.map(({ resource }) => uidText(resource))).toEqual(odd.map((id) => uidText(book(id))));
    });

    describe('stays closed, and answers the next question,', () => {
      const chain = (length: number): CedarEntity[] =>
        Array.from({ length }, (_, index) => ({
          ...describeBook(`volume ${index}`, 'ada'),
          parents: index + 1 < length ? [book(`volume ${index + 1}`)] : [],
        }));
      const nested = (depth: number): CedarRecord => {
        let value: CedarRecord = { deep: true };
        for (let level = 0; level < depth; level += 1) value = { nested: value };
        return value;
      };
      const describedAs = (id: string, attrs: CedarRecord): CedarEntity => ({
        uid: book(id),
        attrs,
        parents: [],
      });
      const stranger: Question = {
        ...ask('ada', 'edit', 'emma'),
        principal: { type: 'Library::Robot', id: 'ada' },
      };
      const elsewhere: Question = {
        ...ask('ada', 'edit', 'emma'),
        resource: { type: 'Archive::Scroll', id: 'emma' },
      };
      const bringing = (resourceAttributes: unknown): Question => ({
        ...ask('ada', 'edit', 'unlisted'),
        resourceAttributes: resourceAttributes as CedarRecord,
      });
      const owner = { __entity: { ...person('ada') } };

      it.each<[string, Question, CedarEntity[]]>([
        ['an unknown action', ask('ada', 'devour', 'emma'), []],
        ['an unknown type of principal', stranger, []],
        ['an unknown type of resource', elsewhere, []],
        [
          'an attribute that the schema has not',
          ask('ada', 'edit', 'odd'),
          [describedAs('odd', { owner, loans: 0, odd: 1 })],
        ],
        [
          'an attribute of another type',
          ask('ada', 'edit', 'odd'),
          [describedAs('odd', { owner, loans: 'none' })],
        ],
        ['an attribute that is missing', ask('ada', 'burn', 'odd'), [describedAs('odd', { owner })]],
        ['a brought attribute that Cedar does not know', bringing({ owner, loans: null }), []],
        ['a brought attribute of another type', bringing({ owner, loans: 'none' }), []],
        ['a context that the schema refuses', ask('ada', 'edit', 'emma', { channel: 5 }), []],
        ['a context 200 deep', ask('ada', 'edit', 'emma', nested(200)), []],
        ['a context 20,000 deep', ask('ada', 'edit', 'emma', nested(20_000)), []],
        [
          'parents in a circle',
          ask('ada', 'edit', 'egg'),
          [
            { ...describeBook('egg', 'ada'), parents: [book('hen')] },
            { ...describeBook('hen', 'ada'), parents: [book('egg')] },
          ],
        ],
        [
          'an own parent',
          ask('ada', 'edit', 'self'),
          [{ ...describeBook('self', 'ada'), parents: [book('self')] }],
        ],
        ['parents 20,000 deep', ask('ada', 'edit', 'volume 0'), chain(20_000)],
      ])('on %s', async (_what, question, more) => {
        const [ruling] = await rule([question], [...ENTITIES, ...more]);
        expect(ruling?.kind === 'answered' && ruling.effect === 'ALLOW').toBe(false);
        expect(await rule([ask('ada', 'edit', 'emma')], [...ENTITIES, ...more])).toEqual([
          answered('ALLOW', 'owners-edit'),
        ]);
      });

      it('where others are asked beside what is wrong', async () => {
        const questions = [
          bringing({ owner, loans: null }),
          ask('ada', 'edit', 'odd'),
          ask('ada', 'edit', 'emma'),
        ];
        const rulings = await rule(questions, [...ENTITIES, describedAs('odd', { owner, loans: 'none' })]);
        expect(rulings.map(({ kind }) => kind)).toEqual(['invalid', 'invalid', 'answered']);
        expect(rulings[2]).toEqual(answered('ALLOW', 'owners-edit'));
      });
    });
  });
}
