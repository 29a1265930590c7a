import { describe, expect, it } from 'vitest';

import type { CedarRecord, CedarValue, Question } from '../../../../src/services/authorization/question.js';
import { questionCheckOf, screenQuestion } from '../../../../src/services/authorization/question-check.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';

const schema = parseSchema(`
  namespace Documents {
    entity Person;
    entity Document = { owner: Person, title?: String };
    action view appliesTo { principal: Person, resource: Document, context: { channel?: String } };
    action edit appliesTo { principal: Person, resource: Document, context: { reason: String } };
  }
`);

const view: Question = {
  principal: { type: 'Documents::Person', id: 'ada' },
  action: { type: 'Documents::Action', id: 'view' },
  resource: { type: 'Documents::Document', id: '1' },
  context: {},
};

const edit = { type: 'Documents::Action', id: 'edit' };
const ada = { __entity: { type: 'Documents::Person', id: 'ada' } };

function nested(depth: number): CedarRecord {
  let value: CedarValue = 1;
  for (let level = 0; level < depth; level++) value = { in: value };
  return value as unknown as CedarRecord;
}

describe('screenQuestion', () => {
  it('finds nothing wrong with a proper question', () => {
    expect(screenQuestion({ ...view, context: { list: [1, 'x', { deep: true }] } })).toEqual([]);
  });

  it.each([
    ['an empty id', { resource: { type: 'Documents::Document', id: '' } }, /id of the resource/],
    ['an endless id', { principal: { type: 'User', id: 'x'.repeat(201) } }, /id of the principal/],
    ['half a surrogate pair', { principal: { type: 'User', id: '\ud800' } }, /id of the principal/],
    ['a type that is none', { resource: { type: 'Docu ments', id: '1' } }, /type of the resource/],
    ['an action of no action type', { action: { type: 'Documents', id: 'view' } }, /is not an action/],
    ['a fraction', { context: { ratio: 0.5 } }, /`ratio` is not an integer/],
    ['a null', { context: { a: [null as unknown as string] } }, /`a\[0\]` is null/],
    ['a context 500 deep', { context: nested(500) }, /nested too deeply/],
    ['a context 100,000 deep', { context: nested(100_000) }, /nested too deeply/],
    [
      'attributes 100,000 deep',
      { resourceAttributes: nested(100_000) },
      /resource attributes.*nested too deeply/,
    ],
    [
      'attributes of what the service knows',
      {
        resource: { type: 'Identity::User', id: 'bob' },
        resourceAttributes: { enabled: true },
      },
      /itself knows the attributes of Identity::User/,
    ],
    [
      'attributes of the principal',
      { resource: view.principal, resourceAttributes: { x: 1 } },
      /is the principal/,
    ],
  ])('refuses %s', (_case, change: Partial<Question>, message) => {
    expect(screenQuestion({ ...view, ...change }).join('\n')).toMatch(message);
  });
});

describe('questionCheckOf', () => {
  const check = questionCheckOf(schema);

  it('finds nothing wrong with what the schema declares', () => {
    expect(check({ ...view, context: { channel: 'web' } })).toEqual([]);
    expect(check({ ...view, resourceAttributes: { owner: ada, title: 'Plans' } })).toEqual([]);
    expect(
      check({ ...view, action: edit, context: { reason: 'x' }, resourceAttributes: { owner: ada } }),
    ).toEqual([]);
  });

  it.each([
    [
      'an unknown action',
      { action: { type: 'Documents::Action', id: 'burn' } },
      /no action Documents::Action::"burn"/,
    ],
    [
      'an unknown type',
      { resource: { type: 'Documents::Folder', id: '1' } },
      /no entity type Documents::Folder/,
    ],
    ['types that the action is not for', { resource: view.principal }, /is not for a principal of type/],
    ['an undeclared context attribute', { context: { colour: 'red' } }, /context does not suit/],
    ['a context value of another type', { context: { channel: 5 } }, /context does not suit/],
    [
      'an undeclared resource attribute',
      { resourceAttributes: { owner: 'x', colour: 'red' } },
      /no attribute "colour"/,
    ],
    [
      'a resource without what it needs',
      { resourceAttributes: { title: 'x' } },
      /needs the attribute "owner"/,
    ],
    [
      'an attribute of another type',
      { resourceAttributes: { owner: ada, title: 7 } },
      /attributes do not suit the resource: .*`title` on `Documents::Document::"1"`/,
    ],
    [
      'an entity of another type',
      { resourceAttributes: { owner: { __entity: { type: 'Documents::Document', id: '2' } } } },
      /attributes do not suit the resource: .*`owner`/,
    ],
  ])('refuses %s', (_case, change: Partial<Question>, message) => {
    expect(check({ ...view, ...change }).join('\n')).toMatch(message);
  });

  it('has a context checked once, for as long as it is among the last few hundred', () => {
    const checked: unknown[] = [];
    const counting = questionCheckOf({
      ...schema,
      checkContext(action, context) {
        checked.push(context);
        return schema.checkContext(action, context);
      },
    });
    const wrong = { ...view, context: { colour: 'red' } };
    expect(counting(wrong)).toEqual(check(wrong));
    expect(counting(wrong)).toEqual(check(wrong));
    expect(checked).toHaveLength(1);
    const others = Array.from({ length: 300 }, (_, index) => ({ channel: `channel ${index}` }));
    for (const context of others) expect(counting({ ...view, context })).toEqual([]);
    expect(counting(wrong)).toEqual(check(wrong));
    expect(checked).toHaveLength(302);
  });

  it('has a description checked once for each resource, and names no other one', () => {
    let checked = 0;
    const counting = questionCheckOf({
      ...schema,
      checkAttributes(asked, entity) {
        checked += 1;
        return schema.checkAttributes(asked, entity);
      },
    });
    const of = (id: string): Question => ({
      ...view,
      resource: { ...view.resource, id },
      resourceAttributes: { owner: ada, title: 7 },
    });
    expect(counting(of('1'))).toEqual(counting(of('1')));
    expect(counting(of('2')).join()).toMatch(/Document::"2"/);
    expect(counting(of('2')).join()).not.toMatch(/Document::"1"/);
    expect(checked).toBe(2);
  });

  it('remembers no long context', () => {
    let checked = 0;
    const counting = questionCheckOf({
      ...schema,
      checkContext(action, context) {
        checked += 1;
        return schema.checkContext(action, context);
      },
    });
    const long = { ...view, context: { channel: 'x'.repeat(1_000) } };
    expect([counting(long), counting(long)]).toEqual([[], []]);
    expect(checked).toBe(2);
  });

  it('is one for each schema', () => {
    expect(questionCheckOf(schema)).toBe(questionCheckOf(schema));
    expect(questionCheckOf({ ...schema })).not.toBe(questionCheckOf(schema));
  });
});
