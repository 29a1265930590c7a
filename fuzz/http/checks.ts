import { APPLICATION, IDENTITY, qualifyAction, qualifyType } from '../../src/services/authorization/names.js';
import type { Question } from '../../src/services/authorization/question.js';
import type { CedarSchema } from '../../src/services/cedar/schema.js';
import {
  formatUid,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
} from '../../src/services/cedar/values.js';
import type { Chance } from '../chance.js';
import { DOCUMENTS } from '../model.js';
import { plainQuestion, spoiled, type FuzzQuestion } from '../questions.js';
import type { Asker } from './people.js';

/** A check as it is sent, and the question that it comes to. */
export interface Check {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly asked: FuzzQuestion;
}

export interface CheckGround {
  readonly schema: CedarSchema;
  /** Whom and what the service knows. */
  readonly entities: readonly CedarEntity[];
}

/** Longer ones are refused by their length, which is soon seen. */
const LONGEST = 300_000;

export function checkOf(chance: Chance, ground: CheckGround, asker: Asker): Check {
  const plain = chance.happens(0.5)
    ? plainQuestion(chance, DOCUMENTS)
    : identityQuestion(chance, ground, asker.uid);
  const { question, fault } = chance.happens(0.8)
    ? { question: plain, fault: undefined }
    : spoiled(chance, DOCUMENTS, plain);
  const isLong = chance.happens(0.5);
  const sent = throughJson(write(question, asker.uid, isLong)) ?? write(plain, asker.uid, isLong);
  return {
    sent,
    asked: { question: readAs(sent, asker.uid), ...(fault !== undefined && { fault }) },
  };
}

/** About the service's own people. */
function identityQuestion(chance: Chance, { schema, entities }: CheckGround, self: EntityUid): Question {
  const known = entities.map(({ uid }) => uid);
  const ofType = (type: string) => known.filter((uid) => uid.type === type);
  const principal = chance.happens(0.6) ? self : likeness(chance, chance.pick(ofType(`${IDENTITY}::User`)));
  const actions = schema.actions.filter(({ type }) => type.startsWith(`${IDENTITY}::`));
  const action = chance.pick(actions);
  const resources = [APPLICATION, ...known].filter(
    ({ type }) => schema.appliesTo(action, principal.type, type) || chance.happens(0.02),
  );
  const resource = resources.length > 0 ? likeness(chance, chance.pick(resources)) : APPLICATION;
  const claims: readonly CedarRecord[] = [
    {},
    {},
    { mfaAuthenticated: true },
    { scopes: ['portcullis/decide'] },
    { target: { __entity: { ...chance.pick(ofType(`${IDENTITY}::User`)) } } },
  ];
  return { principal, action, resource, context: chance.pick(claims) };
}

/** Mostly the uid itself; else one that might be taken for it. */
function likeness(chance: Chance, { type, id }: EntityUid): EntityUid {
  if (chance.happens(0.85)) return { type, id };
  const like = chance.pick([
    id.toUpperCase(),
    ` ${id}`,
    `${id} `,
    `{${id}}`,
    id.replaceAll('-', ''),
    `${id}\0`,
    `${id}\u200d`,
    `${id}' OR '1'='1`,
    `"${id}"`,
    '',
    'ghost',
    '00000000-0000-0000-0000-000000000000',
    '\ud800',
  ]);
  return { type, id: like };
}

/** @param isLong whether everything is said that may be left out */
function write(question: Question, self: EntityUid, isLong: boolean): Check['sent'] {
  const { principal, action, resource, context, resourceAttributes } = question;
  const short = ({ type, id }: EntityUid) => ({
    type: isLong || !/^Identity::\w+$/.test(type) ? type : type.slice(IDENTITY.length + 2),
    id,
  });
  const namespace = action.type.replace(/::Action$/, '');
  const isOwn = resource.type.replace(/::\w*$/, '') === namespace;
  return {
    ...((isLong || formatUid(principal) !== formatUid(self)) && { principal: short(principal) }),
    action: isOwn && !isLong ? action.id : `${namespace}::${action.id}`,
    resource: short(resource),
    ...((isLong || context === null || Object.keys(Object(context) as object).length > 0) && { context }),
    ...(resourceAttributes !== undefined && { resourceAttributes }),
  };
}

/** What a check asks, as the schema has it. */
function readAs(sent: Check['sent'], self: EntityUid): Question {
  const { principal, action, resource, context, resourceAttributes } = sent as {
    principal?: EntityUid;
    action: string;
    resource: EntityUid;
    context?: CedarRecord | null;
    resourceAttributes?: CedarRecord | null;
  };
  const qualified = ({ type, id }: EntityUid): EntityUid => ({ type: qualifyType(type), id });
  return {
    principal: principal ? qualified(principal) : self,
    action: qualifyAction(action, qualifyType(resource.type)),
    resource: qualified(resource),
    context: context ?? {},
    ...(resourceAttributes && { resourceAttributes }),
  };
}

/** Undefined for what JSON does not have, or has too much of. */
function throughJson(sent: Check['sent']): Check['sent'] | undefined {
  try {
    const text = JSON.stringify(sent);
    return text.length > LONGEST ? undefined : (JSON.parse(text) as Check['sent']);
  } catch {
    return undefined;
  }
}
