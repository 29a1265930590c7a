import type { AskerFacts } from '../src/services/authorization/service-context.js';
import type { Question } from '../src/services/authorization/question.js';
import type { CedarRecord } from '../src/services/cedar/values.js';
import type { Chance } from './chance.js';
import { qualified, type Model } from './model.js';
import { anyUid, oddId, recordOf, reordered } from './values.js';

export interface FuzzQuestion {
  readonly question: Question;
  /** What is wrong with it; undefined for a question as it should be. */
  readonly fault?: string;
  readonly asker?: AskerFacts;
  readonly fresh?: boolean;
}

export function questionOf(chance: Chance, model: Model): FuzzQuestion {
  const question = plainQuestion(chance, model);
  const asker: AskerFacts | undefined = chance.happens(0.3)
    ? chance.pick<AskerFacts>([
        { mfaAuthenticated: true },
        { mfaAuthenticated: false },
        { scopes: ['x'] },
        {},
      ])
    : undefined;
  const asked = { ...(asker && { asker }), ...(chance.happens(0.05) && { fresh: true }) };
  return { ...(chance.happens(0.75) ? { question } : spoiled(chance, model, question)), ...asked };
}

/** The question with something wrong about it. */
export function spoiled(chance: Chance, model: Model, question: Question): FuzzQuestion {
  const [fault, spoil] = chance.pick(Object.entries(SPOILED));
  return { question: spoil(question, chance, model), fault };
}

/** A question with nothing wrong about it. */
export function plainQuestion(chance: Chance, model: Model): Question {
  const [id, { principals, resources, context }] = chance.pick(
    Object.entries(model.actions).filter(([, action]) => action.principals.length > 0),
  );
  return {
    principal: anyUid(chance, model, [...principals]),
    action: { type: qualified(model, 'Action'), id },
    resource: anyUid(chance, model, [...resources]),
    context: recordOf(chance, model, context),
  };
}

/** The question with its context in another order, or with those whom that names in each other's places. */
export function rephrased(chance: Chance, { question, ...asked }: FuzzQuestion): FuzzQuestion {
  const { who, whom, ...context } = question.context;
  const isTurned = who !== undefined && whom !== undefined && chance.happens(0.5);
  const turned = isTurned ? { ...context, who: whom, whom: who } : question.context;
  return { ...asked, question: { ...question, context: reordered(chance, turned) } };
}

type Spoil = (question: Question, chance: Chance, model: Model) => Question;

const LONE_SURROGATES = ['\ud800', 'a\udc00', '\udc00\ud800'];
const NO_TYPES = [
  '',
  'N::',
  '::N',
  'N::U ',
  'N::Ü',
  'N U',
  '__proto__',
  'constructor',
  'Nobody',
  'N::Nobody',
  'U',
  'T'.repeat(201),
];

const withId = (question: Question, chance: Chance, id: string): Question => {
  const role = chance.pick(['principal', 'action', 'resource'] as const);
  return { ...question, [role]: { ...question[role], id } };
};
const withContext = (question: Question, context: unknown): Question => ({
  ...question,
  context: context as CedarRecord,
});

/** Nested so deep, in objects and in arrays by turns. */
function nested(depth: number): CedarRecord {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { n: value };
  return { n: value as never };
}

function circular(): object {
  const record: Record<string, unknown> = { n: 1 };
  record['self'] = record;
  return record;
}

const ODD_RECORDS: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => 5,
  () => 'text',
  () => [],
  () => new Date(0),
  () => new Map([['n', 1]]),
  () => ({ n: null }),
  () => ({ n: undefined }),
  () => ({ n: 1.5 }),
  () => ({ n: NaN }),
  () => ({ n: 2 ** 53 + 2 }),
  () => ({ n: -(2 ** 63) }),
  () => ({ n: 1n }),
  () => ({ n: Symbol('n') }),
  () => ({ n: () => 1 }),
  () => ({ n: 'text' }),
  () => ({ n: '\ud800' }),
  () => ({ '\udc00': 1 }),
  () => ({ '': 1 }),
  () => ({ unknown: 1 }),
  () => JSON.parse('{"__proto__":{"n":1}}') as unknown,
  () => JSON.parse('{"constructor":{"prototype":{"n":1}},"hasOwnProperty":1}') as unknown,
  () => Object.assign(Object.create({ n: 1 }) as object, { n: 2 }),
  () => ({ toJSON: () => ({}) }),
  () => ({
    get n() {
      throw new Error('a getter');
    },
  }),
  () => ({ n: { __entity: 'N::U' } }),
  () => ({ n: { __entity: { type: 'N::U' } } }),
  () => ({ who: { __entity: { type: 'N::U', id: 'a', more: 1 } } }),
  () => ({ who: { __entity: { type: 'N::Action', id: 'view' } } }),
  () => ({ who: { __entity: { type: '', id: '' } } }),
  () => ({ n: { __extn: { fn: 'ip', arg: '10.0.0.1' } } }),
  () => ({ ip: { __extn: { fn: 'ip', arg: '999.0.0.1' } } }),
  () => ({ ip: { __extn: { fn: 'system', arg: 'x' } } }),
  () => ({ __expr: 'true' }),
  () => ({ n: 'x'.repeat(2_000_000) }),
  () => ({ n: 'é'.repeat(300_000) }),
  () => Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`n${index}`, index])),
  circular,
  () => nested(99),
  () => nested(101),
  () => nested(200),
  () => nested(100_000),
];

/** Ways in which a question can be wrong; for some schemas a few of them are right. */
const SPOILED: Readonly<Record<string, Spoil>> = {
  'an id of no text': (question, chance) => withId(question, chance, ''),
  'half a surrogate pair': (question, chance) => withId(question, chance, chance.pick(LONE_SURROGATES)),
  'an id of 201 characters': (question, chance) => withId(question, chance, 'x'.repeat(201)),
  'an odd id': (question, chance) => withId(question, chance, oddId(chance)),
  'an unknown action': (question, chance) => ({
    ...question,
    action: { ...question.action, id: chance.pick(['destroy', 'View', 'view ', '__proto__', 'toString']) },
  }),
  'an action that is none': (question, chance, model) => ({
    ...question,
    action: chance.pick([
      { type: 'Action', id: 'view' },
      anyUid(chance, model),
      { type: 'Other::Action', id: 'view' },
    ]),
  }),
  'an unknown type': (question, chance) => {
    const role = chance.pick(['principal', 'resource'] as const);
    return { ...question, [role]: { ...question[role], type: chance.pick(NO_TYPES) } };
  },
  'another type': (question, chance, model) => ({
    ...question,
    [chance.pick(['principal', 'resource'])]: anyUid(chance, model),
  }),
  'an odd context': (question, chance) => withContext(question, chance.pick(ODD_RECORDS)()),
  'an odd member of the context': (question, chance) => {
    const odd = chance.pick(ODD_RECORDS)();
    return withContext(
      question,
      typeof odd === 'object' && odd !== null ? mixed(question.context, odd) : { n: odd },
    );
  },
  'attributes brought': (question, chance, model) => {
    const type =
      Object.keys(model.types).find((name) => qualified(model, name) === question.resource.type) ?? '';
    return { ...question, resourceAttributes: recordOf(chance, model, model.types[type]?.attributes ?? {}) };
  },
  'odd attributes brought': (question, chance) => ({
    ...question,
    resourceAttributes: chance.pick(ODD_RECORDS)() as CedarRecord,
  }),
};

/** As it is where that is not to be read. */
function mixed(context: CedarRecord, odd: object): object {
  try {
    return { ...context, ...odd };
  } catch {
    return odd;
  }
}
