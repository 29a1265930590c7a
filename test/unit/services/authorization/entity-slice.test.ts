import { describe, expect, it } from 'vitest';

import { entitySlice } from '../../../../src/services/authorization/entity-slice.js';
import {
  uidText,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
  type Question,
} from '../../../../src/services/authorization/question.js';
import { indexEntities } from '../../../../src/services/cedar/entity-closure.js';

const uid = (text: string): EntityUid => ({ type: 'T', id: text });
const entity = (id: string, attrs: CedarRecord = {}, ...parents: string[]): CedarEntity => ({
  uid: uid(id),
  attrs,
  parents: parents.map(uid),
});
const ask = (principal: string, resource: string, more: Partial<Question> = {}): Question => ({
  principal: uid(principal),
  action: { type: 'Action', id: 'view' },
  resource: uid(resource),
  context: {},
  ...more,
});

function sliceIds(questions: Question[], entities: CedarEntity[]): string[] {
  return entitySlice(questions, indexEntities(entities))
    .map((one) => one.uid.id)
    .sort();
}

describe('entitySlice', () => {
  it('holds principals and resources, and nothing that is not asked about', () => {
    expect(sliceIds([ask('a', 'b')], [entity('a'), entity('b'), entity('c')])).toEqual(['a', 'b']);
  });

  it('holds each entity once', () => {
    expect(
      sliceIds(
        [ask('a', 'b'), ask('a', 'c')],
        ['a', 'b', 'c'].map((id) => entity(id)),
      ),
    ).toEqual(['a', 'b', 'c']);
  });

  it('follows parents of parents', () => {
    const entities = [
      entity('a', {}, 'team'),
      entity('team', {}, 'company'),
      entity('company'),
      entity('other'),
    ];
    expect(sliceIds([ask('a', 'x')], entities)).toEqual(['a', 'company', 'team']);
  });

  it('follows references in attributes and in the context', () => {
    const entities = [
      entity('b', { owner: { __entity: { ...uid('owner') } } }),
      entity('owner'),
      entity('device'),
    ];
    const question = ask('a', 'b', { context: { from: [{ __entity: { ...uid('device') } }] } });
    expect(sliceIds([question], entities)).toEqual(['b', 'device', 'owner']);
  });

  it('ends where parents run in a circle', () => {
    expect(sliceIds([ask('a', 'b')], [entity('a', {}, 'b'), entity('b', {}, 'a')])).toEqual(['a', 'b']);
  });

  it('describes the resource by the attributes brought, save those that are stored', () => {
    const stored = entity('b', { owner: 'ada' }, 'folder');
    const question = ask('a', 'b', { resourceAttributes: { owner: 'mallory', colour: 'red' } });
    expect(entitySlice([question], new Map([[uidText(stored.uid), stored]]))).toEqual([
      { uid: uid('b'), attrs: { owner: 'ada', colour: 'red' }, parents: [uid('folder')] },
    ]);
  });

  it('looks up what it leads to, and does not go through all that is known', () => {
    const known = indexEntities(['a', 'b', 'team', ...'cdefgh'].map((id) => entity(id, {}, 'team')));
    const found = new Map(known);
    const looked: string[] = [];
    found.get = (key) => {
      looked.push(key);
      return known.get(key);
    };
    for (const iterate of [Symbol.iterator, 'entries', 'keys', 'values', 'forEach'] as const) {
      found[iterate] = () => {
        throw new Error('It went through all of them.');
      };
    }
    const slice = entitySlice([ask('a', 'b', { resourceAttributes: { colour: 'red' } })], found);
    expect(slice.map((one) => one.uid.id)).toEqual(['a', 'b', 'team']);
    expect(new Set(looked)).toEqual(new Set(['a', 'b', 'team'].map((id) => uidText(uid(id)))));
  });
});
