import { LRUCache } from 'lru-cache';

import { refusalOfContext, type CedarSchema } from '../cedar/schema.js';
import { screenJson } from '../cedar/screening.js';
import { isActionType, isTypeName, isWellFormed } from '../cedar/values.js';
import { canonicalJson } from './canonical-json.js';
import { isIdentityType } from './names.js';
import { uidText, type CedarRecord, type EntityUid, type Question } from './question.js';

/** The longest type or id that Verified Permissions takes (API reference, EntityIdentifier). */
const MAX_NAME_LENGTH = 200;

/**
 * How large a context may be, and what is brought of a resource, in roughly bytes of JSON. Cedar takes a tenth of a second for as
 * much as that, and meanwhile nobody is served.
 */
export const MAX_RECORD_SIZE = 65_536;

/**
 * What is wrong with a question whatever the schema says: names that are none, values that Cedar does not know, nesting that
 * nothing should recurse into. Empty when nothing is; until then a question must be neither serialised nor sent.
 */
export function screenQuestion(question: Question): readonly string[] {
  const faults = screenInquiry(question);
  return faults.length > 0 ? faults : screenResource(question.principal, question);
}

/** The same of what is asked, whatever the resource. */
export function screenInquiry({ principal, action, context }: Omit<Question, 'resource'>): readonly string[] {
  const faults = [...screenUid('principal', principal), ...screenUid('action', action)];
  if (faults.length > 0) return faults;
  if (!isActionType(action.type)) faults.push(`${uidText(action)} is not an action.`);
  const contextFault = refusalOfContext(context, { maxSize: MAX_RECORD_SIZE });
  if (contextFault !== undefined) faults.push(contextFault);
  return faults;
}

/** The same of the resource, and of what is brought of it, where nothing else is wrong. */
export function screenResource(
  principal: EntityUid,
  { resource, resourceAttributes }: Pick<Question, 'resource' | 'resourceAttributes'>,
): readonly string[] {
  const faults = screenUid('resource', resource);
  if (faults.length > 0 || resourceAttributes === undefined) return faults;
  return screenBroughtAttributes(principal, resource, resourceAttributes);
}

const NONE: readonly string[] = [];

function screenUid(role: string, { type, id }: EntityUid): readonly string[] {
  const isType = type.length <= MAX_NAME_LENGTH && isTypeName(type);
  const isId = id.length >= 1 && id.length <= MAX_NAME_LENGTH && isWellFormed(id);
  if (isType && isId) return NONE;
  const faults: string[] = [];
  if (!isType)
    faults.push(`The type of the ${role} is not a Cedar type of at most ${MAX_NAME_LENGTH} characters.`);
  if (!isId) faults.push(`The id of the ${role} is not a text of 1 to ${MAX_NAME_LENGTH} characters.`);
  return faults;
}

function screenBroughtAttributes(
  principal: EntityUid,
  resource: EntityUid,
  attributes: CedarRecord,
): string[] {
  const faults: string[] = [];
  const screening = screenJson(attributes, { maxSize: MAX_RECORD_SIZE });
  if (!screening.ok) faults.push(`In the resource attributes: ${screening.message}`);
  if (isIdentityType(resource.type)) {
    faults.push(`The service itself knows the attributes of ${resource.type}.`);
  }
  if (uidText(principal) === uidText(resource)) {
    faults.push('The resource is the principal, whose attributes cannot be brought.');
  }
  return faults;
}

/** Finds what is wrong with screened questions in the light of a schema. */
export interface QuestionCheck {
  /** One sentence for each fault; empty when there is none. @throws CedarUnavailableError */
  (question: Question): readonly string[];
}

/** How many contexts a check remembers, and how many descriptions of resources. */
const REMEMBERED = { contexts: 256, descriptions: 2_000 };
/** The longest that is: longer ones are hardly the same twice. */
const MAX_REMEMBERED_LENGTH = 500;

const checks = new WeakMap<CedarSchema, QuestionCheck>();

/** The check of a schema. It remembers the contexts that it saw last: parsing one costs more than all the rest. */
export function questionCheckOf(schema: CedarSchema): QuestionCheck {
  const check = checks.get(schema) ?? createQuestionCheck(schema);
  checks.set(schema, check);
  return check;
}

function createQuestionCheck(schema: CedarSchema): QuestionCheck {
  const contexts = createMemory(REMEMBERED.contexts);
  const descriptions = createMemory(REMEMBERED.descriptions);

  const checkContext = ({ action, context }: Question) =>
    contexts.faults(`${uidText(action)} ${canonicalJson(context)}`, () => {
      const check = schema.checkContext(action, context);
      return check.ok ? NONE : [`The context does not suit the action: ${check.message}`];
    });

  /** An engine that has to refuse one refuses the whole batch. What is wrong is said with the resource's name. */
  const checkBroughtValues = ({ action, context, resource, resourceAttributes: attrs }: Question) =>
    attrs === undefined
      ? NONE
      : descriptions.faults(`${uidText(resource)} ${canonicalJson(attrs)}`, () => {
          const check = schema.checkAttributes({ action, context }, { uid: resource, attrs });
          return check.ok ? NONE : [`The attributes do not suit the resource: ${check.message}`];
        });

  return (question) => {
    const names = checkNames(question, schema);
    if (names.length > 0) return names;
    const faults = [...checkContext(question), ...checkBroughtNames(question, schema)];
    return faults.length > 0 ? faults : checkBroughtValues(question);
  };
}

/** Remembers the faults of what was checked last, by a text of it. */
function createMemory(max: number) {
  const known = new LRUCache<string, readonly string[]>({ max });
  return {
    faults(text: string, find: () => readonly string[]): readonly string[] {
      const before = known.get(text);
      if (before !== undefined) return before;
      const faults = find();
      if (text.length <= MAX_REMEMBERED_LENGTH) known.set(text, faults);
      return faults;
    },
  };
}

function checkNames({ principal, action, resource }: Question, schema: CedarSchema): readonly string[] {
  const faults: string[] = [];
  if (!schema.hasAction(action)) faults.push(`The schema has no action ${uidText(action)}.`);
  for (const type of new Set([principal.type, resource.type])) {
    if (!schema.hasEntityType(type)) faults.push(`The schema has no entity type ${type}.`);
  }
  if (faults.length === 0 && !schema.appliesTo(action, principal.type, resource.type)) {
    faults.push(
      `The action ${uidText(action)} is not for a principal of type ${principal.type} and a resource of type ${resource.type}.`,
    );
  }
  return faults;
}

function checkBroughtNames({ resource, resourceAttributes }: Question, schema: CedarSchema): string[] {
  const declared = schema.entityAttributes(resource.type);
  if (resourceAttributes === undefined || declared === undefined) return [];
  const unknown = Object.keys(resourceAttributes).filter((name) => !Object.hasOwn(declared, name));
  const missing = Object.keys(declared).filter(
    (name) => declared[name]?.required && !Object.hasOwn(resourceAttributes, name),
  );
  return [
    ...unknown.map((name) => `${resource.type} has no attribute ${JSON.stringify(name)}.`),
    ...missing.map((name) => `${resource.type} needs the attribute ${JSON.stringify(name)}.`),
  ];
}
